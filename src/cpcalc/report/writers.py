"""Documents, and the formats they are written in: a file's ending names its writer."""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from cpcalc.programme.result import ProgrammeResult
from cpcalc.report.layout import Heading, Part
from cpcalc.results import AssessmentResult


class Report(NamedTuple):
    """What a file holds: its parts in order, and what its properties say.

    ``status`` is what kind of data all rests on: it stands on every page. A workbook is made of
    the results themselves, whose figures stay alive there.
    """

    title: str
    status: str
    is_warning: bool
    language: str
    parts: Sequence[Part]
    author: str = ""
    assessments: Sequence[AssessmentResult] = ()
    programme: ProgrammeResult | None = None


class Writer(NamedTuple):
    """The module of ``report`` whose ``document_bytes(document)`` gives a file, and the extra of
    the package that installs what it needs."""

    module: str
    extra: str = ""


MARK = b"cpcalc report"  # at the end of every document; a program that changes one drops it
WRITERS: Mapping[str, Writer] = {
    ".html": Writer("html", "report"),
    ".docx": Writer("word", "report"),
    ".pdf": Writer("pdf", "pdf"),
    ".md": Writer("markdown"),
    ".xlsx": Writer("workbook", "report"),
}
# The language of a document, as its file's format names it.
LOCALES = {"en": "en-GB", "vi": "vi-VN"}


class NotInstalledError(Exception):
    """The extra whose packages are not there."""


def ending_of(path: str) -> str:
    """The ending of a file's name, in small letters."""
    return Path(path).suffix.lower()


def render(document: Report, ending: str) -> bytes:
    """The bytes of a document's file. NotInstalledError where a package is missing."""
    writer = WRITERS[ending]
    try:
        written: bytes = import_module(f"cpcalc.report.{writer.module}").document_bytes(document)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("cpcalc"):
            raise
        raise NotInstalledError(writer.extra) from error
    return _marked(written)


def _marked(written: bytes) -> bytes:
    """A document that ends with what tells it from one that somebody worked on."""
    if written.startswith(b"PK"):  # as the comment of the archive, whose files get no date
        file = BytesIO()
        with ZipFile(BytesIO(written)) as old, ZipFile(file, "w") as archive:
            for name in old.namelist():
                archive.writestr(ZipInfo(name), old.read(name), ZIP_DEFLATED)
            archive.comment = MARK
        return file.getvalue()
    return written + (b"%%%b\n" if written.startswith(b"%PDF") else b"<!-- %b -->\n") % MARK


def page_report(
    pages: Iterable[Iterable[Part]], language: str, programme: ProgrammeResult | None = None
) -> Report:
    """The pages that a terminal would show, one after the other, as a document."""
    parts = [part for page in pages for part in page]
    heads = [part for part in parts if isinstance(part, Heading)] or [Heading("", "")]
    is_warning = any(head.is_warning for head in heads)
    return Report(heads[0].text, heads[0].under, is_warning, language, parts, programme=programme)
