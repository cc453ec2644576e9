"""The catalogue of diagnostics for reading: what each means, what to do, a bad and a good file."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping

from cpcalc.diagnostics import CatalogueEntry, ExampleFile, Sentences, catalogue
from cpcalc.report.words import problem_word

FAMILIES: Mapping[str, str] = {
    "CP1": "family-file",
    "CP2": "family-shape",
    "CP3": "family-references",
    "CP4": "family-plausibility",
    "CP5": "family-money",
    "CP6": "family-factors",
    "CP9": "family-ours",
}
# A longer line or file is shown in part: the example is there to be understood.
WIDEST_LINE = 140
MOST_LINES = 40


class _Gaps(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return f"<{key}>"


def open_sentences(entry: CatalogueEntry, language: str) -> Sentences:
    """Message and help of a diagnostic, with open gaps shown as ``<name>``."""
    formatter = string.Formatter()
    sentences = entry.sentences[language]
    return Sentences(*(formatter.vformat(sentence, (), _Gaps()) for sentence in sentences))


def family_of(entry: CatalogueEntry) -> str:
    """The name of the family that a number belongs to."""
    return FAMILIES[entry.number[:3]]


def entries_of_family(prefix: str) -> Iterator[CatalogueEntry]:
    """The diagnostics whose numbers begin so."""
    return (entry for entry in catalogue().values() if entry.number.startswith(prefix))


def listed(language: str) -> Iterator[str]:
    """One line a diagnostic, by family."""
    for prefix, family in FAMILIES.items():
        yield f"{prefix}xx {problem_word(family, language)}"
        for entry in entries_of_family(prefix):
            severity = problem_word(entry.severity, language)
            message = open_sentences(entry, language).message
            yield f"  {entry.number} {severity:<8} {entry.name}: {message}"


def explained(entry: CatalogueEntry, language: str) -> Iterator[str]:
    """Everything about one diagnostic, as text."""
    message, remedy = open_sentences(entry, language)
    severity = problem_word(entry.severity, language)
    yield f"{entry.number} {entry.name} ({severity}, {problem_word(family_of(entry), language)})"
    yield ""
    yield f"  {message}"
    yield f"  {problem_word('help', language)}: {remedy}"
    if entry.severity == "warning":
        yield f"  {problem_word('waivable', language, name=entry.name)}"
    bad, good = (problem_word(f"example-{title}", language) for title in ("bad", "good"))
    for title, text in examples_of(entry, bad, good, language):
        yield ""
        yield f"{title}:"
        yield from (f"  {line}".rstrip() for line in shortened(text))


def examples_of(
    entry: CatalogueEntry, bad: str, good: str, language: str
) -> Iterator[tuple[str, str]]:
    """The files of an example, each with its title; less what is beside the good one only."""
    yield bad, _shown(entry.bad)
    yield good, _shown(entry.good)
    for name, text in entry.files.items():
        if not name.startswith("good/"):
            yield problem_word("example-beside", language, file=name), text


def _shown(file: ExampleFile) -> str:
    """The text of a file; characters that cannot be shown as escapes."""
    if file.form == "utf-16":
        return f"# {file.form}\n{file.text}"
    return file.text.replace("\\n", "\n") if file.form == "escaped" else file.text


def shortened(text: str) -> Iterator[str]:
    """The lines of an example, with what is endless cut."""
    lines = text.rstrip("\n").split("\n")
    for line in lines[:MOST_LINES]:
        if len(line) <= WIDEST_LINE:
            yield line
        else:
            yield f"{line[: WIDEST_LINE // 2]} ... {line[-WIDEST_LINE // 4 :]}"
    if len(lines) > MOST_LINES:
        yield "..."
