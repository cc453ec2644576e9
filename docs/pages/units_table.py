"""src/cpcalc/units.json: pint's answers for the unit expressions in common use."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

QUOTED = re.compile(
    r"(?<![\w.])[0-9][0-9 ._]*(?:thousand|million|billion|nghìn|triệu|tỷ)?"
    r"\s*([^\W\d][^,}\]\n#:\"']*|%(?:/\w+)?)"
)


def expressions(root: Path) -> Iterator[str]:
    """Unit expressions to have in the table: systematic ones, and all that shipped files use."""
    amounts = [
        "t",
        "kg",
        "g",
        "MWh",
        "kWh",
        "GWh",
        "MJ",
        "GJ",
        "TJ",
        "m3",
        "L",
        "Nm3",
        "piece",
        "count_1",
        "count_2",
        "count_3",
    ]
    periods = ("year", "month", "day", "hour")
    money = ("VND", "USD", "EUR")
    yield from [
        "percent",
        "hour/day",
        "hour/year",
        "day/year",
        "month/year",
        "hour/month",
        "day/month",
    ]
    yield from ["kW", "W", "MW", "degC", "kPa", "mg/Nm3"]
    yield from (*amounts, *periods, *money, *(f"percent/{p}" for p in periods))
    yield from (f"{a}/{p}" for a, p in product((*amounts, *money), periods))
    yield from (f"{a}/{b}" for a, b in product(amounts, amounts) if a != b)
    yield from (f"{m}/{a}" for m, a in product(money, amounts))
    yield from (f"{a}/count_{n}" for a in ("m", "m2") for n in (1, 2, 3))
    yield from (f"{a}/{a}" for a in ("t", "kg", "m3", "kWh"))
    yield from (f"{a}/{b}" for a, b in product(money, money) if a != b)
    substances = [
        "CO2",
        "CO2e",
        "CH4",
        "N2O",
        "TSP",
        "PM10",
        "PM2_5",
        "SO2",
        "NOx",
        "COD",
        "BOD",
        "TSS",
    ]
    emitted_per = ["year", "t", "TJ", "GJ", "MWh", "kWh", "m3", "L"]
    yield from (f"({m}*{s})/{a}" for m, s, a in product(("t", "kg", "g"), substances, emitted_per))
    gases = [
        "CO2",
        "CH4",
        "N2O",
        "SF6",
        "NF3",
        "HFC_134a",
        "HFC_32",
        "HFC_125",
        "HCFC_22",
        "R_404A",
        "R_410A",
        "R_407C",
    ]
    yield from (f"(kg*CO2e)/(kg*{gas})" for gas in gases)
    yield from _of_files(root)


def _of_files(root: Path) -> Iterator[str]:
    from cpcalc.units import PLAIN, QuantityError, normalised

    for folder in ("assessments", "emission_factors", "src/cpcalc/checks"):
        for path in sorted((root / folder).rglob("*.yaml")):
            for match in QUOTED.finditer(path.read_text(encoding="utf-8")):
                try:
                    expression, _ = normalised(match.group(1).strip(), PLAIN)
                except QuantityError:
                    continue
                yield expression


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    from cpcalc import units, units_pint

    names, order = units_pint.names(), units_pint.order()
    # where units.txt itself changed: read the files with the new vocabulary
    vars(units)["NAMES"] = names
    vars(units)["SUBSTANCES"] = frozenset(order[order.index("CO2") : order.index("VND")])
    wanted = {*expressions(root), *names.values()}
    answers = {expression: units_pint.ask(expression) for expression in wanted}
    conversions = {
        expression: [factor, dict(exponents)]
        for expression, (factor, exponents) in sorted(answers.items())
    }
    text = f"""{{
  "generated": "by docs/generate.py from units.txt and pint; do not edit",
  "fingerprint": {json.dumps(units_pint.fingerprint())},
  "order": {json.dumps(order)},
  "names": {{
{_lines(names)}
  }},
  "conversions": {{
{_lines(conversions)}
  }}
}}
"""
    yield root / "src" / "cpcalc" / "units.json", text


def _lines(items: Mapping[str, object]) -> str:
    """The members of a JSON object, one a line."""
    return ",\n".join(
        f"    {json.dumps(key, ensure_ascii=False)}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in items.items()
    )
