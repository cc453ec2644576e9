"""The JSON Schemas of the package, and the line by which a file names one to an editor."""

from __future__ import annotations

from pathlib import Path

ENDING = ".schema.json"


def schema_text(kind: str) -> str:
    """The schema of a kind of file: assessment, programme or factor-set."""
    package = Path(__file__).resolve().parent.parent
    return (package / "schemas" / f"{kind}{ENDING}").read_text(encoding="utf-8")


def modeline(schema: str) -> str:
    """The first line of a file whose schema stands at a relative path or an address."""
    return f"# yaml-language-server: $schema={Path(schema).as_posix()}"


def modeline_for(file: str) -> str | None:
    """The line for a new assessment, where a schema stands beside it or in a folder above."""
    folder = Path(file).resolve().parent
    for up, place in enumerate((folder, *folder.parents)):
        if (place / f"assessment{ENDING}").is_file():
            return modeline("../" * up + f"assessment{ENDING}")
    return None
