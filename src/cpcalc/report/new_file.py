"""The text of a new assessment file: what is known filled in, the rest as comments to uncomment."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from string import Template
from typing import NamedTuple

from cpcalc.report.problems import shown
from cpcalc.texts import read_template


class Answers(NamedTuple):
    """What is known of the enterprise when the file is made; amounts as the person wrote them."""

    id: str
    name: str
    sector: str | None
    province: str | None
    country: str
    year: int | None
    currency: str
    factor_sets: Sequence[str]
    electricity: tuple[str, str] | None = None  # quantity and price
    fuel: tuple[str, str, str] | None = None  # key of FUELS, quantity, price
    measure: tuple[str, str, str] | None = None  # title, investment, annual saving


# Fuels asked for, with the factor each takes from the set of combustion factors.
FUELS: Mapping[str, str] = {
    "coal": "ipcc-2006/anthracite", "fuel-oil": "ipcc-2006/residual-fuel-oil",
    "diesel": "ipcc-2006/diesel", "lpg": "ipcc-2006/lpg",
    "natural-gas": "ipcc-2006/natural-gas", "rice-husk": "ipcc-2006/rice-husk",
    "wood": "ipcc-2006/wood",
}  # fmt: skip

_PLAIN = re.compile(r"[^\W\d_](?:[\w ./()-]*[\w.)])?")
_NO_TEXTS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


def quoted(text: str) -> str:
    """A text as a YAML scalar: in quotes unless it is plainly a text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _NO_TEXTS:
        return text
    escaped = (
        shown(text)
        .replace("\\", "\\\\")
        .replace('"', '\\"')
        .replace("\t", "\\t")
        .replace("\n", " ")
    )
    return f'"{escaped}"'


def new_file(answers: Answers, file: str, language: str) -> str:
    """The whole file: the lines of the template whose every ``$name`` is known."""
    values = _values(answers) | {"file": quoted(shown(file))}
    lines = []
    for line in read_template("new_file", language).splitlines():
        template = Template(line)
        if set(template.get_identifiers()) <= values.keys():
            lines.append(template.substitute(values))
    return "\n".join(lines) + "\n"


def _values(answers: Answers) -> dict[str, str]:
    """What each ``$name`` stands for; ``$no_name`` is empty, and only there where a name is not."""
    texts = {"sector": answers.sector, "province": answers.province, "country": answers.country}
    has_grid = any(name.startswith("vn-grid@") for name in answers.factor_sets)
    optional = {key: quoted(text) if text else None for key, text in texts.items()}
    optional |= {
        "year": str(answers.year) if answers.year else None,
        "electricity": None,
        "fuel": None,
        "streams": "" if answers.electricity or answers.fuel else None,
        "measures": "" if answers.measure else None,
        "vn_grid": "" if has_grid else None,
    }
    if answers.electricity is not None:
        quantity, price = answers.electricity
        optional["electricity"] = _field("quantity", quantity) + _field("price", price)
    if answers.fuel is not None:
        fuel, quantity, price = answers.fuel
        factor = f", emission-factors: [{FUELS[fuel]}]" if quantity else ""
        optional["fuel_name"] = fuel
        optional["fuel"] = _field("quantity", quantity) + _field("price", price) + factor
    if answers.measure is not None:
        title, investment, saving = answers.measure
        optional["title"] = quoted(title)
        optional["investment"] = investment or None
        optional["saving"] = _amount(saving) if saving else None
    values = {
        "id": quoted(answers.id),
        "name": quoted(answers.name),
        "currency": answers.currency,
        "other": "USD" if answers.currency != "USD" else "EUR",
        "factor_sets": ", ".join(answers.factor_sets),
    }
    known = {key: value for key, value in optional.items() if value is not None}
    missing = {f"no_{key}": "" for key in optional.keys() - known.keys()}
    return values | known | missing


def _field(key: str, value: str) -> str:
    return f", {key}: {_amount(value)}" if value else ""


def _amount(value: str) -> str:
    """A quantity inside braces: a comma would end it."""
    return f'"{value}"' if "," in value else value
