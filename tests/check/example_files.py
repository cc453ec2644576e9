"""The files of an example of the catalogue, written where they can be checked."""

from __future__ import annotations

from pathlib import Path

from cpcalc.app.examples import Example


def written(example: Example, good: bool, folder: Path) -> str:
    """Write the good or the bad file, and what stands beside it, into a folder; the file's name."""
    text = example.good if good else example.bad
    for name, content in example.files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    path = folder / (text.place or "example.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    if text.form == "folder":
        path.mkdir()
    else:
        path.write_bytes(text.content())
    return str(path)
