"""The use case behind `new`: make an assessment file that passes its own check."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from cpcalc.app.files import write_new
from cpcalc.app.sets import versions_of
from cpcalc.diagnostics import Diagnostic
from cpcalc.quantities import parse_quantity
from cpcalc.report.new_file import Answers, new_file
from cpcalc.schema.leaves import KINDS
from cpcalc.units import QuantityError

# The sets a first assessment needs, in the order of pinning; the grid of a country only there.
SETS = ("ipcc-2006", "ap-42", "ipcc-gwp")
GRID_OF_COUNTRY = {"VN": "vn-grid"}


def pins(country: str, beside: str) -> list[str]:
    """The newest shipped version of each set that a first assessment needs."""
    wanted = [
        SETS[0],
        *([GRID_OF_COUNTRY[country]] if country in GRID_OF_COUNTRY else []),
        *SETS[1:],
    ]
    return [
        f"{name}@{max(versions, key=int)}"
        for name in wanted
        if (versions := versions_of(name, beside))
    ]


def id_from(file: str) -> str:
    """An id from a file's name: letters, digits and hyphens."""
    plain = unicodedata.normalize("NFC", Path(file).stem)
    return re.sub(r"[^\w]+|_+", "-", plain).strip("-") or "enterprise"


def problem_with(text: str, kind: str, style: str) -> Diagnostic | None:
    """What is wrong with an amount that a person typed; None where it is fine or empty."""
    if not text:
        return None
    try:
        quantity = parse_quantity(text, style)
    except QuantityError as error:
        return Diagnostic(error.name, (), error.values)
    if not KINDS[kind](quantity.unit):
        return Diagnostic(
            "wrong-kind-of-unit", (), {"expected": kind, "found": str(quantity.unit), "text": text}
        )
    return None


def make(file: str, answers: Answers, language: str) -> None:
    """Write the file; FileExistsError where it is there already."""
    from cpcalc.app.schemas import modeline_for

    line = modeline_for(file)  # where a schema stands beside it, editors complete and check
    write_new(file, (f"{line}\n" if line else "") + new_file(answers, file, language))
