"""The use case behind `explain`: one entry of the catalogue with its examples."""

from __future__ import annotations

from cpcalc.app.examples import Example, Text, examples
from cpcalc.codes import BY_NUMBER, CATALOGUE, CODES, Code
from cpcalc.report.catalogue import Shown


def find(text: str) -> Code | list[str]:
    """The diagnostic of a number (any case) or a name, else the nearest numbers and names."""
    code = BY_NUMBER.get(text.strip().upper()) or CATALOGUE.get(text.strip())
    if code is not None:
        return code
    import difflib

    return difflib.get_close_matches(text, [*CATALOGUE, *BY_NUMBER], n=3, cutoff=0.5)


def example_of(name: str) -> Shown:
    """The examples of a diagnostic as they are shown."""
    return _shown(examples()[name])


def all_examples() -> dict[str, Shown]:
    """The same for the whole catalogue."""
    known = examples()
    return {code.name: _shown(known[code.name]) for code in CODES}


def _shown(example: Example) -> Shown:
    files = tuple((name, text) for name, text in example.files if not name.startswith("good/"))
    return Shown(
        _as_text(example.bad), _as_text(example.good), example.bad.form == "console", files
    )


def _as_text(text: Text) -> str:
    """The text without its head; characters that cannot be shown as escapes."""
    if text.form in ("utf-16",):
        return f"# {text.form}\n{text.text}"
    return text.text.replace("\\n", "\n") if text.form == "escaped" else text.text
