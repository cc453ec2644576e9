"""A document as a PDF, set by typst: all texts are handed to it as data, so that none is markup."""

import json
from pathlib import Path
from typing import Any

from cpcalc.report import layout
from cpcalc.report.layout import harmless
from cpcalc.report.writers import LOCALES, Report
from cpcalc.texts import word


def document_bytes(report: Report) -> bytes:
    """The file: nothing in it tells the time or the machine."""
    import typst
    from matplotlib import get_data_path

    parts, depth = layout.on_paper(report.parts, report.language)
    about = {
        "report": report._replace(parts=parts, assessments=(), programme=None), "depth": depth,
        "locale": LOCALES[report.language].split("-"),
        "contents": word("contents", report.language),
    }  # fmt: skip
    pictures = [part.draw("svg").decode() for part in parts if isinstance(part, layout.Picture)]
    return typst.compile(
        Path(__file__).with_name("report.typ"), format="pdf", ignore_system_fonts=True,
        font_paths=[Path(get_data_path(), "fonts", "ttf")],
        sys_inputs={"about": json.dumps(_plain(about)), "pictures": json.dumps(pictures)},
    )  # fmt: skip


def _plain(said: Any) -> Any:
    """Texts without controls, and what holds them; nothing for what a page cannot show."""
    if isinstance(said, str):
        return harmless(said)
    if hasattr(said, "_asdict"):
        said = {"kind": type(said).__name__, **said._asdict()}
    if isinstance(said, dict):
        return {key: _plain(value) for key, value in said.items()}
    many = isinstance(said, list | tuple)
    return [*map(_plain, said)] if many else said if isinstance(said, int) else None
