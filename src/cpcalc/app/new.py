"""The use case behind `new`, which makes a file that passes its own check; schemas for editors."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from cpcalc.app.assess import Options, Outcome, assess
from cpcalc.app.files import write_new
from cpcalc.app.sets import versions_of
from cpcalc.diagnostics import Diagnostic, has_errors
from cpcalc.quantities import parse_quantity
from cpcalc.report.new_file import Answers, new_file
from cpcalc.schema.leaves import KINDS
from cpcalc.units import QuantityError

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
        quantity = parse_quantity(text, style)
    except QuantityError as error:
        return Diagnostic(error.name, (), error.values)
    if not KINDS[kind].holds(quantity.unit):
        values = {"expected": kind, "found": str(quantity.unit), "text": text}
        return Diagnostic("wrong-kind-of-unit", (), values)
    return None


def make(file: str, answers: Answers, language: str) -> Outcome:
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
    data = text.encode()
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
