"""Results to standard output or to a file, diagnostics and progress to standard error."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain
from typing import Any, TextIO

from rich.console import Console
from typer import BadParameter

from cpcalc.app.files import reason_of, replace_own
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK
from cpcalc.diagnostics import Diagnostic, nearest_entries
from cpcalc.programme.result import ProgrammeResult
from cpcalc.report import csv_lines, json_result, layout, markdown
from cpcalc.report.page import plain_lines, print_pages
from cpcalc.report.problems import in_words, rendered, shown
from cpcalc.report.writers import WRITERS, NotInstalledError, Report, ending_of, page_report, render
from cpcalc.texts import problem_word, word

# A bar that is gone before it can be read only flickers.
FEWEST_FILES_SHOWN = 20
DOCUMENT = "document"
# The form of a result by the ending of its file, where none is asked for.
FORMS = {**dict.fromkeys(WRITERS, DOCUMENT), ".json": "json", ".csv": "csv"}
FORMS_OF_MANY = {".jsonl": "jsonl", ".parquet": "parquet"}

PROBLEM_FORMS = {".json": "json", ".sarif": "sarif", ".xml": "junit"}


class OutputLostError(Exception):
    """What had to be written did not arrive: a full disk behind standard output, say."""


# With which bytes the results of a command begin, apart from pages: these carry its name.
_BATCH = r'\ufeff?kind[,;]file[,;]id[,;]|\{\s*("kind": "batch", )?"schema": "cpcalc/batch'
_BEGINNINGS = {
    "assess": r"\ufeff?enterprise[,;]data_status[,;]kind[,;]"
    r'|\{\s*"schema": "cpcalc/(results?|measures?|scenarios|failure)/',
    "check": r'\{\s*"schema": "cpcalc/check/|<\?xml[^>]*>\s*<testsuites name="cpcalc check"'
    r'|\{\s*"\$schema": "[^"]*sarif[^"]*"[\s\S]{1,200}"name": "cpcalc"',
    "batch": _BATCH,
    "diff": r'\{\s*"schema": "cpcalc/diff/',
    "merge": _BATCH,
    "programme": r'\ufeff?kind[,;]file[,;]id[,;]|\{\s*"schema": "cpcalc/programme/',
    "schema": r'\{\s*"\$schema": "[^"]*",\s*"title": '
    r'"(Assessment|Programme|FactorSet|Results of cpcalc|What cpcalc)',
}
_FOR_PROGRAMS = frozenset({"json", "jsonl", "csv", "sarif", "junit"})


@dataclass(frozen=True)
class Output:
    """Where a result goes, in which form and in which language.

    A file needs the command, which replaces only what it wrote itself, and never what it reads.
    """

    language: str
    asked: str = "terminal"
    file: str | None = None
    command: str = ""
    inputs: Sequence[str] = ()
    csv_kind: str | None = None

    def __post_init__(self) -> None:
        if self.csv_kind is not None and self.asked not in ("terminal", "csv"):
            raise BadParameter(f"--csv {self.csv_kind} is CSV, --format {self.asked} is not")
        of_many = self.command in ("batch", "merge") or self.asked != "terminal" or self.csv_kind
        if (ending := ending_of(self.file or "")) in FORMS_OF_MANY and not of_many:
            raise BadParameter(f"{self.file}: only batch and merge write {ending}")

    @property
    def is_coloured(self) -> bool:
        """Whether it goes to a terminal; NO_COLOR and FORCE_COLOR say otherwise."""
        wanted = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
        wanted = wanted or bool(os.environ.get("FORCE_COLOR"))
        return self.file is None and wanted and not os.environ.get("NO_COLOR")

    @property
    def form(self) -> str:
        """The form asked for, else that of the file's ending."""
        ending = ending_of(self.file or "")
        if self.csv_kind is not None:
            return "csv"
        if self.asked == "full":
            return PROBLEM_FORMS.get(ending, self.asked)
        forms = FORMS | FORMS_OF_MANY if self.command in ("batch", "merge") else FORMS
        return forms.get(ending, self.asked) if self.asked == "terminal" else self.asked

    def write(self, chunks: Iterable[str]) -> int:
        """Print a text, or write it to the file in one piece; the exit code of doing so."""
        if self.file is not None:
            return self.keep(chunks)
        if self.form in _FOR_PROGRAMS and isinstance(sys.stdout, TextIOWrapper):
            sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
        for chunk in chunks:
            _write("stdout", chunk)
        return OK

    def csv(self, chunks: Iterable[str]) -> int:
        """Write CSV of the kind asked for; the exit code."""
        is_for_excel = self.csv_kind == "excel"
        return self.write(csv_lines.for_excel(chunks, self.language) if is_for_excel else chunks)

    def keep(self, chunks: Iterable[str | bytes]) -> int:
        """Write the file in one piece; the exit code of doing so."""
        file = self.file or ""
        try:
            own = rf"(<!-- )?cpcalc {self.command}( -->)?\n|{_BEGINNINGS[self.command]}"
            replace_own(file, chunks, own, self.inputs)
        except OSError as error:
            return self.refuse("cannot-write", path=file, reason=reason_of(error))
        return OK

    def write_lines(self, lines: Iterable[str]) -> int:
        """The same for lines without their ends; in a file the name of the command comes first."""
        marked = chain([self._mark] if self.file is not None else [], lines)
        return self.write(f"{line}\n" for line in marked)

    @property
    def _mark(self) -> str:
        name = f"cpcalc {self.command}"
        return f"<!-- {name} -->" if self.form == "markdown" else name

    def document(self, document: Report) -> int:
        """Write a document into the file, in the format of its ending; the exit code."""
        ending = ending_of(self.file or "")
        try:
            return self.keep([render(document, ending)])
        except NotInstalledError as error:
            return self.refuse("not-installed", ending=ending, extra=str(error))

    def show(
        self, pages: Iterable[Iterable[layout.Part]], programme: ProgrammeResult | None = None
    ) -> int:
        """Write pages as a document, Markdown or plain text; on a terminal in colour. The exit
        code."""
        if self.form == DOCUMENT:
            return self.document(page_report(pages, self.language, programme))
        if self.form == "terminal" and self.file is None and sys.stdout.isatty():
            print_pages(pages, self.language)
            return OK
        return self.write_lines(self._page_lines(pages))

    def tell(self, data: Any, pages: Iterable[Iterable[layout.Part]]) -> int:
        """Write the data as JSON where that is asked for, else the pages; the exit code."""
        return self.write([json_result.dumps(data)]) if self.form == "json" else self.show(pages)

    def _page_lines(self, pages: Iterable[Iterable[layout.Part]]) -> Iterator[str]:
        is_markdown = self.form == "markdown"
        render = markdown.markdown_lines if is_markdown else plain_lines
        for number, page in enumerate(pages):
            if number:
                yield from [""] if is_markdown else ["", ""]
            yield from render(page, self.language)

    def complain_of(self, problems: Sequence[Diagnostic], texts: Mapping[str, str]) -> None:
        """Print diagnostics in full on standard error, with excerpts of the files' texts."""
        complain(rendered(problems, texts, "full", self.language))

    def refuse(self, what: str, /, **values: str) -> int:
        """Say why the job, or a part of it, cannot be done; the exit code for that."""
        if (reason := values.get("reason")) is not None:
            worded = in_words("reason", reason, self.language)
            values["reason"] = problem_word(worded, self.language)
        complain([f"cpcalc: {problem_word(what, self.language, **values)}"])
        return NOT_DONE

    def refuse_selector(self, text: str) -> int:
        """Say that a text names no diagnostic, and which come near; the exit code for that."""
        nearest = ", ".join(nearest_entries(text))
        if nearest:
            return self.refuse("unknown-selector", text=text, nearest=nearest)
        return self.refuse("unknown-selector-alone", text=text)


def complain(lines: Iterable[str]) -> None:
    """Print lines to standard error; what could change a terminal, as codes."""
    for line in lines:
        _write("stderr", f"{shown(line)}\n")


def severity_code(problems: Iterable[Diagnostic], *, strict: bool = False) -> int:
    """1 where files have errors (or, under ``strict``, warnings), else 0."""
    severities = {problem.severity for problem in problems}
    is_wrong = "error" in severities or (strict and "warning" in severities)
    return FILES_HAVE_ERRORS if is_wrong else OK


def exit_code(problems: Sequence[Diagnostic], *, strict: bool = False) -> int:
    """2 where a file could not be read, else as the severities say."""
    if any(problem.name == "file-not-readable" for problem in problems):
        return NOT_DONE
    return severity_code(problems, strict=strict)


@contextmanager
def progress_bar(language: str) -> Iterator[Callable[[int, int], None]]:
    """A function to be told how many of how many are done; it shows them on a terminal only."""
    from rich import progress  # here, for most commands show no bar

    console = Console(stderr=True, markup=False, highlight=False)
    bar = progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TaskProgressColumn(),
        progress.TextColumn(f"{{task.fields[rate]}} {word('files-per-second', language)}"),
        progress.TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(word("batch", language), total=None, rate="-", visible=False)

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            rate = "-" if speed is None else f"{speed:,.0f}"
            is_worth_it = total >= FEWEST_FILES_SHOWN
            bar.update(task, completed=done, total=total, rate=rate, visible=is_worth_it)

        yield show


def _write(name: str, text: str) -> None:
    """Write to a standard stream; what nobody reads, as after `head`, goes nowhere.

    So does what is said beside a result, where it cannot be written: the result matters more.
    """
    stream: TextIO = getattr(sys, name)
    try:
        stream.write(text)
    except OSError as error:
        if name == "stdout" and not isinstance(error, BrokenPipeError):
            raise OutputLostError(reason_of(error)) from error
        setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
