"""The use case behind `new`: make an assessment file that passes its own check."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from cpcalc.app.files import write_new
from cpcalc.app.schemas import modeline_for
from cpcalc.app.sets import versions_of
from cpcalc.diagnostics import Diagnostic
from cpcalc.quantities import parse_quantity
from cpcalc.report.new_file import Answers, new_file
from cpcalc.schema.leaves import KINDS
from cpcalc.units import QuantityError

# The sets a first assessment needs, in the order of pinning; the grid of a country only there.
SETS = ("ipcc-2006", "vn-grid", "ap-42", "ipcc-gwp")
COUNTRY_OF_GRID = {"vn-grid": "VN"}


def pins(country: str, beside: str) -> list[str]:
    """The newest shipped version of each set that a first assessment needs."""
    newest = {name: versions_of(name, beside) for name in SETS if _is_of(name, country)}
    return [f"{name}@{max(versions, key=int)}" for name, versions in newest.items() if versions]


def _is_of(name: str, country: str) -> bool:
    """Whether a set is of use in a country."""
    return COUNTRY_OF_GRID.get(name, country) == country


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
    if not KINDS[kind].holds(quantity.unit):
        values = {"expected": kind, "found": str(quantity.unit), "text": text}
        return Diagnostic("wrong-kind-of-unit", (), values)
    return None


def make(file: str, answers: Answers, language: str) -> None:
    """Write the file; FileExistsError where it is there already."""
    line = modeline_for(file)  # where a schema stands beside it, editors complete and check
    write_new(file, (f"{line}\n" if line else "") + new_file(answers, file, language))
