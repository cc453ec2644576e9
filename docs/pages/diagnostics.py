"""docs/diagnostics.md: the catalogue of diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cpcalc.diagnostics import CatalogueEntry
from cpcalc.report.problems import (
    entries_of_family,
    examples_of,
    open_sentences,
    shortened,
)
from cpcalc.texts import LANGUAGES, problem_word, words_of

INTRODUCTION = """# Diagnostics · Các chẩn đoán

Generated from the catalogue; `cpcalc explain CP203` or `cpcalc explain wrong-kind-of-unit` prints \
the same.
A text in `<...>` stands for what is found in the file. Examples show the part of the file that \
matters;
the guilty line is marked.

- An *error* keeps a file from being calculated, or says that a result contradicts the file.
- A *warning* can be accepted in the file, with a reason that every report prints:
  `waivers: [{check: implied-price, at: measures.m5, because: printed so in the source}]`.
- A *notice* only says what was done.
"""


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    yield root / "docs" / "diagnostics.md", "\n".join(_page())


def _page() -> Iterator[str]:
    yield INTRODUCTION
    for prefix in words_of("families", "en"):
        names = (words_of("families", language)[prefix] for language in LANGUAGES)
        yield f"## {prefix}xx: {' · '.join(names)}"
        yield ""
        for entry in entries_of_family(prefix):
            yield from _entry(entry)


def _entry(entry: CatalogueEntry) -> Iterator[str]:
    yield f"### {entry.number} `{entry.name}` ({entry.severity})"
    yield ""
    for language in LANGUAGES:
        message, remedy = open_sentences(entry, language)
        yield f"{_plain(message)}  "
        yield f"*{problem_word('help', language)}:* {_plain(remedy)}"
        yield ""
    fence = "text" if entry.bad.form == "console" else "yml"
    for title, text in examples_of(entry, "Bad", "Good", "en"):
        yield f"{title}:"
        yield ""
        yield f"```{fence}"
        yield from (line.rstrip() for line in shortened(text))
        yield "```"
        yield ""


def _plain(sentence: str) -> str:
    """Text with what Markdown would read as HTML shown as it is."""
    return sentence.replace("<", "&lt;").replace(">", "&gt;")
