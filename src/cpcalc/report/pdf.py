"""A document as a PDF, set by typst: it is handed all texts as data, so that none is ever markup."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cpcalc.report import layout
from cpcalc.report.layout import Part, Table, harmless
from cpcalc.report.writers import LOCALES, Report
from cpcalc.texts import word

CHART_CELLS = 90


def document_bytes(report: Report) -> bytes:
    """The file: nothing in it tells the time or the machine."""
    import typst
    from matplotlib import get_data_path

    files = {"main": Path(__file__).with_name("report.typ").read_bytes()}
    parts, depth = layout.on_paper(report.parts)
    for number, part in enumerate(parts):
        if isinstance(part, layout.Picture):
            files[f"{number}.svg"] = part.draw("svg")
    language, region = LOCALES[report.language].split("-")
    said = {
        "title": report.title, "status": report.status, "keywords": report.status.split("; "),
        "authors": [report.author] if report.author else [], "language": language,
        "region": region, "contents": word("contents", language), "depth": depth,
        "parts": [_said(part, language) for part in parts],
    }  # fmt: skip
    files["report.json"] = json.dumps(_harmless(said), ensure_ascii=False).encode()
    fonts = [Path(get_data_path(), "fonts", "ttf")]
    return typst.compile(files, format="pdf", font_paths=fonts, ignore_system_fonts=True)


def _said(part: Part, language: str) -> dict[str, Any]:
    """What a part says, and its kind."""
    said = {"kind": type(part).__name__, **part._asdict()}
    if isinstance(part, layout.Chart):
        return {"kind": "Working", "lines": layout.chart_lines(part, language, CHART_CELLS)}
    if isinstance(part, layout.Pairs):
        rows = [(label, layout.pair_text(value, language)) for label, value in part.rows]
        return said | {"rows": rows}
    if isinstance(part, Table):
        texts = layout.table_texts(part, language)
        heads = [(column.header.replace("\n", " "), column.is_text) for column in texts.columns]
        return said | {"title": texts.title, "columns": heads, "rows": texts.rows}
    return said


def _harmless(said: Any) -> Any:
    """Texts, and all of them within lists and mappings, without controls."""
    if isinstance(said, str):
        return harmless(said)
    if isinstance(said, dict):
        return {key: _harmless(value) for key, value in said.items()}
    if isinstance(said, list | tuple):
        return [_harmless(value) for value in said]
    return said if isinstance(said, int) else None
