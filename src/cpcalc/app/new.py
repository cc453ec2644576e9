"""The use case behind `new`, which makes a file that passes its own check; schemas for editors."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import NamedTuple

from pydantic_core import PydanticCustomError

from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.app.files import write_new
from cpcalc.app.sets import versions_of
from cpcalc.diagnostics import Diagnostic, has_errors
from cpcalc.report.problems import printable, shown
from cpcalc.schema.leaves import Reading, read_scalar
from cpcalc.texts import read_template

# The sets a first assessment needs, in the order of pinning; the grid of a country only there.
SETS = ("ipcc-2006", "vn-grid", "ap-42", "ipcc-gwp")
COUNTRY_OF_GRID = {"vn-grid": "VN"}
SCHEMA_ENDING = ".schema.json"


def pins(country: str, beside: str) -> list[str]:
    """The newest shipped version of each set that a first assessment needs."""
    useful = [name for name in SETS if COUNTRY_OF_GRID.get(name, country) == country]
    newest = {name: versions_of(name, beside) for name in useful}
    return [f"{name}@{max(versions, key=int)}" for name, versions in newest.items() if versions]


def id_from(file: str) -> str:
    """An id from a file's name: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFC", Path(file).stem)
    return re.sub(r"[^\w]+|_+", "-", plain).strip("-") or "enterprise"


def problem_with(text: str, kind: str, style: str) -> Diagnostic | None:
    """What is wrong with an amount that a person typed; None where it is fine or empty."""
    if not text:
        return None
    try:
        read_scalar(text, Reading(style), kind)
    except PydanticCustomError as error:
        return Diagnostic(error.type, (), (error.context or {})["values"])
    return None


def make(file: str, answers: "Answers", language: str) -> Outcome:
    """Write the file, unless its check finds errors; FileExistsError where it is there already.

    Where a schema stands beside it or in a folder above, it names it, and editors complete and
    check.
    """
    text = new_file(answers, file, language)
    folder = Path(file).resolve().parent
    for up, place in enumerate((folder, *folder.parents)):
        if (place / f"assessment{SCHEMA_ENDING}").is_file():
            text = modeline("../" * up + f"assessment{SCHEMA_ENDING}") + "\n" + text
            break
    data = printable(text).encode()
    outcome = assess(data, file, Options())
    if not has_errors(outcome.diagnostics):
        write_new(file, data)
    return outcome


def schema_text(kind: str) -> str:
    """The JSON Schema of a kind of file: assessment, programme or factor-set."""
    package = Path(__file__).resolve().parent.parent
    return (package / "schemas" / f"{kind}{SCHEMA_ENDING}").read_text(encoding="utf-8")


def modeline(schema: str) -> str:
    """The first line of a file whose schema stands at a relative path or an address."""
    return f"# yaml-language-server: $schema={Path(schema).as_posix()}"


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
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NO_TEXTS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})


def quoted(text: str) -> str:
    """A text as a YAML scalar: in quotes unless it is plainly a text."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _NO_TEXTS:
        return text
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{_CONTROL.sub(_as_code, escaped)}"'


def _as_code(found: re.Match[str]) -> str:
    return rf"\u{ord(found[0]):04x}"


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
    fuel, fuel_quantity, fuel_price = answers.fuel or (None, "", "")
    factor = f", emission-factors: [{FUELS[fuel]}]" if fuel and fuel_quantity else ""
    title, investment, saving = answers.measure or (None, "", "")
    optional |= {
        "year": str(answers.year) if answers.year else None,
        "electricity": answers.electricity and _fields(*answers.electricity),
        "fuel_name": fuel,
        "fuel": _fields(fuel_quantity, fuel_price) + factor if fuel else None,
        "streams": "" if answers.electricity or fuel else None,
        "measures": "" if title else None,
        "title": quoted(title) if title else None,
        "investment": investment or None,
        "saving": _amount(saving) if saving else None,
        "vn_grid": "" if has_grid else None,
    }
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


def _fields(quantity: str, price: str) -> str:
    given = {"quantity": quantity, "price": price}
    return "".join(f", {key}: {_amount(value)}" for key, value in given.items() if value)


def _amount(value: str) -> str:
    """A quantity inside braces: a comma would end it."""
    return f'"{value}"' if "," in value else value
