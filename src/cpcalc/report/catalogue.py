"""The catalogue of diagnostics for reading: what each means, what to do, and a file with and without it."""

from __future__ import annotations

import string
from collections.abc import Iterator
from typing import NamedTuple

from cpcalc.codes import CODES, Code
from cpcalc.report.problems import TABLES


class Shown(NamedTuple):
    """An example as it is shown: the text, and whether it is a command line instead of a file."""

    bad: str
    good: str
    is_command: bool
    files: tuple[tuple[str, str], ...] = ()


FAMILIES = (
    ("CP1", "family-file"), ("CP2", "family-shape"), ("CP3", "family-references"), ("CP4", "family-plausibility"),
    ("CP5", "family-money"), ("CP6", "family-factors"), ("CP9", "family-ours"),
)  # fmt: skip


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def open_sentence(sentence: str) -> str:
    """A sentence of the text tables with its gaps shown as ``<name>``."""
    return string.Formatter().vformat(sentence, (), _Gaps())


def sentences(code: Code, language: str) -> tuple[str, str]:
    """Headline and help of a diagnostic, with open gaps."""
    headline, remedy = TABLES[language].MESSAGES[code.name]
    return open_sentence(headline), open_sentence(remedy)


def listed(language: str) -> Iterator[str]:
    """One line a diagnostic, by family."""
    words = TABLES[language].WORDS
    for prefix, family in FAMILIES:
        yield f"{prefix}xx {words[family]}"
        for code in CODES:
            if code.number.startswith(prefix):
                yield f"  {code.number} {words[code.severity]:<8} {code.name}: {sentences(code, language)[0]}"


def explained(code: Code, example: Shown, language: str) -> Iterator[str]:
    """Everything about one diagnostic, as text."""
    words = TABLES[language].WORDS
    headline, remedy = sentences(code, language)
    yield f"{code.number} {code.name} ({words[code.severity]}, {words[family_of(code)]})"
    yield ""
    yield f"  {headline}"
    yield f"  {words['help']}: {remedy}"
    if code.severity == "warning":
        yield f"  {words['waivable'].format(name=code.name)}"
    for title, text in (("example-bad", example.bad), ("example-good", example.good)):
        yield ""
        yield f"{words[title]}:"
        yield from (f"  {line}".rstrip() for line in shortened(text))
    for name, text in example.files:
        yield ""
        yield f"{words['example-beside'].format(file=name)}:"
        yield from (f"  {line}".rstrip() for line in shortened(text))


def family_of(code: Code) -> str:
    """The name of the family that a number belongs to."""
    return next(family for prefix, family in FAMILIES if code.number.startswith(prefix))


# A longer line or file is shown in part: the example is there to be understood.
WIDEST_LINE = 140
MOST_LINES = 40


def shortened(text: str) -> Iterator[str]:
    """The lines of an example, with what is endless cut."""
    lines = text.rstrip("\n").split("\n")
    for line in lines[:MOST_LINES]:
        yield (
            line
            if len(line) <= WIDEST_LINE
            else f"{line[: WIDEST_LINE // 2]} ... {line[-WIDEST_LINE // 4 :]}"
        )
    if len(lines) > MOST_LINES:
        yield "..."


def markdown(example_of: dict[str, Shown]) -> Iterator[str]:
    """The page of all diagnostics, in both languages."""
    yield from INTRODUCTION
    for prefix, family in FAMILIES:
        yield f"## {prefix}xx: {TABLES['en'].WORDS[family]} · {TABLES['vi'].WORDS[family]}"
        yield ""
        for code in CODES:
            if code.number.startswith(prefix):
                yield from _entry(code, example_of[code.name])


INTRODUCTION = (
    "# Diagnostics · Các chẩn đoán",
    "",
    "Generated from the catalogue; `cpcalc explain CP203` or `cpcalc explain wrong-kind-of-unit` prints the same.",
    "A text in `<...>` stands for what is found in the file. Examples show the part of the file that matters;",
    "the guilty line is marked.",
    "",
    "- An *error* keeps a file from being calculated, or says that a result contradicts the file.",
    "- A *warning* can be accepted in the file, with a reason that every report prints:",
    "  `waivers: [{check: implied-price, at: measures.m5, because: printed so in the source}]`.",
    "- A *notice* only says what was done.",
    "",
)


def _entry(code: Code, example: Shown) -> Iterator[str]:
    yield f"### {code.number} `{code.name}` ({code.severity})"
    yield ""
    for language in ("en", "vi"):
        headline, remedy = sentences(code, language)
        yield f"{_plain(headline)}  "
        yield f"*{TABLES[language].WORDS['help']}:* {_plain(remedy)}"
        yield ""
    fence = "text" if example.is_command else "yml"
    beside = [
        (f"{TABLES['en'].WORDS['example-beside'].format(file=name)}", text)
        for name, text in example.files
    ]
    for title, text in (("Bad", example.bad), ("Good", example.good), *beside):
        yield f"{title}:"
        yield ""
        yield f"```{fence}"
        yield from (line.rstrip() for line in shortened(text))
        yield "```"
        yield ""


def _plain(sentence: str) -> str:
    """Text with what Markdown would read as HTML shown as it is."""
    return sentence.replace("<", "&lt;").replace(">", "&gt;")
