"""The sheets of a workbook: their heads, the formats of their cells, texts that stay texts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.economics import RATIOS
from cpcalc.report.enterprises import label_of
from cpcalc.report.layout import Cell, harmless
from cpcalc.report.numbers import cell_format, in_language
from cpcalc.report.tables import HEADLINES
from cpcalc.report.workings import Term
from cpcalc.report.writers import Report
from cpcalc.results import Figures
from cpcalc.texts import word

LONGEST_TEXT = 32767  # of a cell
HEAD_ROW = 4  # the row of a sheet's heads, under its title, status and what it is about
MONEY = (
    "investment", "grant", "annual_saving", "running_cost", "annual_net_saving", "simple_payback",
    "reductions.co2", "economics.npv", "npv", "economics.irr", "economics.discounted_payback",
    "economics.savings_to_investment", "savings.",
)  # fmt: skip
EMISSIONS = (
    "reductions.", "stated_reductions.", "lifetime_reductions.", "avoided_emissions.",
    "lifetime_avoided.",
)  # fmt: skip
Style = dict[str, Any]
HEAD: Style = {"bold": True, "bg_color": "#E4E8EC", "text_wrap": True, "valign": "top", "bottom": 1}
INPUT: Style = {
    "bg_color": "#FFF3C4",
    "font_color": "#1F3A93",
    "border": 1,
    "border_color": "#C9B458",
}
WARNING: Style = {"bold": True, "font_color": "#B00020"}
FAINT: Style = {"italic": True, "font_color": "#666666"}
TOTAL: Style = {"bold": True, "top": 1}
# Of columns of texts; those of figures are as wide as an amount in dong.
WIDTHS = {
    "place": 46, "of-what": 40, "title": 40, "source": 50, "equation": 50, "figure": 40,
    "factor": 44, "said": 110, "row-quality": 30, "unit": 16, "as-written": 24, "note": 40,
    "measure": 18, "stream": 18, "enterprise": 18, "status": 16, "province": 16, "sector": 24,
}  # fmt: skip
COLOURS = ("#33608C", "#C8553D")
NO_CLOCK = datetime(1980, 1, 1)
Range = tuple[int, int, int, int]  # first row and column, last row and column


class Book:
    """A workbook whose sheets all say what they rest on, and the formats of its cells."""

    def __init__(self, report: Report, sheets: Sequence[str]) -> None:
        self.report, self.language = report, report.language
        self._file = BytesIO()
        self.file = xlsxwriter.Workbook(self._file, {"in_memory": True})
        self.file.set_properties(
            {"title": harmless(report.title), "author": harmless(report.author),
             "subject": report.status, "status": report.status, "created": NO_CLOCK}
        )  # fmt: skip
        self.is_several = "inputs" not in sheets
        self._formats: dict[tuple[Any, ...], Any] = {}
        self.sheets = {name: self._sheet(name) for name in sheets}

    def closed(self) -> bytes:
        """The bytes of all that was written."""
        self.file.close()
        return self._file.getvalue()

    def name(self, sheet: str) -> str:
        """A sheet as formulas name it."""
        return f"'{word(f'sheet-{sheet}', self.language)}'"

    def style(self, properties: Mapping[str, Any]) -> Any:
        """A format, made once."""
        key = tuple(properties.items())
        if key not in self._formats:
            self._formats[key] = self.file.add_format(dict(properties))
        return self._formats[key]

    def _sheet(self, name: str) -> Any:
        sheet = self.file.add_worksheet(word(f"sheet-{name}", self.language))
        status = WARNING if self.report.is_warning else {"bold": True}
        heads = {"bold": True, "font_size": 14}, status, FAINT
        said = "several" if name == "summary" and self.is_several else name
        about = self.report.title, self.report.status, word(f"about-{said}", self.language)
        for row, (text, style) in enumerate(zip(about, heads, strict=True)):
            sheet.write_string(row, 0, harmless(text), self.style(style))
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(f"&L{self.report.status.replace('&', '&&')[:200]}&R&P / &N")
        return sheet

    def heads(self, sheet: Any, labels: Mapping[str, str]) -> None:
        """The row of heads, which stays in sight and stands on every page."""
        for column, (key, label) in enumerate(labels.items()):
            sheet.set_column(column, column, WIDTHS.get(key, 18))
            style = HEAD if key in WIDTHS else {**HEAD, "align": "right"}
            sheet.write_string(HEAD_ROW, column, _lines(label), self.style(style))
        lines = max(label.count("\n") + 1 + len(label) // 24 for label in labels.values())
        sheet.set_row(HEAD_ROW, 15 * lines)
        sheet.freeze_panes(HEAD_ROW + 1, 1)
        sheet.repeat_rows(HEAD_ROW)

    def put(
        self, sheet: Any, row: int, column: int, value: Cell, term: Term | None = None,
        pattern: str = "", **style: Any,
    ) -> None:  # fmt: skip
        """A figure as a number or a live formula; every text as text, whatever it looks like."""
        text = word(value.code, self.language) if isinstance(value, NotApplicable) else value
        if isinstance(value, Figure):
            style = {"num_format": pattern or cell_format(value), **style}
        else:
            faint = {**FAINT, "align": "right"} if isinstance(value, NotApplicable) else {}
            base = {"valign": "top", "quote_prefix": True, "indent": min(column, 1)}
            style = {**base, **faint, **style}
        if term is not None and "$" in term.text:
            known = value.value if isinstance(value, Figure) else text
            sheet.write_formula(row, column, f"={term.text}", self.style(style), known)
        elif isinstance(value, Figure):
            sheet.write_number(row, column, value.value, self.style(style))
        elif text:
            assert isinstance(text, str)
            sheet.write_string(row, column, _lines(text)[:LONGEST_TEXT], self.style(style))

    def row(self, sheet: Any, row: int, cells: Sequence[Cell], **style: Any) -> None:
        """Cells side by side."""
        for column, value in enumerate(cells):
            self.put(sheet, row, column, value, **style)

    def label(self, key: str, figure: Figure | None = None) -> str:
        """The head of a figure's column, with its unit."""
        family, _, member = key.partition(".")
        if key in HEADLINES:
            text = word(HEADLINES[key], self.language)
        elif family in ("avoided_emissions", "lifetime_avoided"):
            scope, gas = member.split(".")
            text = f"{word(family, self.language)}: {gas}, {word(scope, self.language)}"
        elif family == "economics":
            text = word(member, self.language)
        else:
            text = label_of(key, self.language)
        return text if figure is None else f"{text}\n{self.unit(figure)}".rstrip()

    def unit(self, figure: Figure) -> str:
        """The unit of a figure; none of a number."""
        text = in_language(str(figure.unit), self.language)
        return "" if text == "1" or text.startswith("1/") else text

    def words(self, *keys: str) -> dict[str, str]:
        """Heads by their keys."""
        return {key: word(key, self.language) for key in keys}

    def chart(
        self, sheet: Any, at: tuple[int, int], name: str, kind: str, source: str,
        categories: Range, series: Mapping[str, Range], largest: float,
    ) -> None:  # fmt: skip
        """A native chart of ranges of a sheet."""
        chart, place = self.file.add_chart({"type": kind}), word(f"sheet-{source}", self.language)
        for colour, (label, values) in zip(COLOURS, series.items(), strict=False):
            line = {"name": label, "fill": {"color": colour}, "gap": 60}
            ranges = {"categories": [place, *categories], "values": [place, *values]}
            chart.add_series(ranges | line)
        chart.set_title({"name": name, "name_font": {"size": 11}})
        chart.set_legend({"position": "bottom"} if len(series) > 1 else {"none": True})
        axis = {
            "num_format": "#,##0.##",
            **({"display_units": "millions"} if largest >= 1e7 else {}),
        }
        chart.set_x_axis(axis) if kind == "bar" else chart.set_y_axis(axis)
        chart.set_y_axis({"reverse": True, "interval_unit": 1}) if kind == "bar" else None
        chart.set_size({"width": 760, "height": 260})
        sheet.insert_chart(*at, chart, {"description": name})


def _lines(text: str) -> str:
    return "\n".join(map(harmless, text.split("\n")))


def columns_of(rows: Iterable[Figures], keys: Sequence[str]) -> dict[tuple[str, str], Figure]:
    """The figures that rows have, by name and unit, in the order of some names and families."""
    found: dict[tuple[str, str], Figure] = {}
    for row in rows:
        for key, figure in row.items():
            if isinstance(figure, Figure):
                found.setdefault((key, str(figure.unit)), figure)
    return {
        known: figure
        for wanted in keys
        for known, figure in found.items()
        if known[0] == wanted or (wanted.endswith(".") and known[0].startswith(wanted))
    }


def pattern_of(key: str, value: Cell) -> str:
    """The number format of a figure by its name."""
    is_ratio = key.rpartition(".")[2] in RATIOS
    return cell_format(value, is_ratio=is_ratio) if isinstance(value, Figure) else ""
