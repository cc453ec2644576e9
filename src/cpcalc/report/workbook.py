"""The report as an Excel workbook: one assessment with live formulas, several with their sums."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from itertools import count, pairwise
from math import ceil, fsum
from typing import Any, NamedTuple

import xlsxwriter
from xlsxwriter.utility import xl_range_abs

from cpcalc import names, results
from cpcalc.diagnostics import Path, dotted
from cpcalc.figures import Figure, NotApplicable, Reported, figures_in
from cpcalc.report import economics, layout, numbers, summary, tables, workings
from cpcalc.report.layout import harmless
from cpcalc.report.workings import SIDES, Row, Term, Workings
from cpcalc.report.writers import Report
from cpcalc.results import AssessmentResult, Figures, Line
from cpcalc.rows import counting, row_of
from cpcalc.texts import equation_words, read_texts, sector_name, title, word

LOOK = read_texts("workbook")
FIRST = 6  # the row after title, status, what the sheet is about and its heads
LINE_POINTS, LINE_LETTERS = 15, 100  # of wrapped texts
LONGEST_TEXT, NO_CLOCK = 32767, datetime(1980, 1, 1)
NO_SHEET_NAME, LONGEST_SHEET_NAME = re.compile(r"[\[\]:*?/\\]"), 28
LEAVES = {"input": "inputs", "factor": "factors"}  # the sheet of each kind


class Live(NamedTuple):
    """A cell that is a formula, or is shown in a style."""

    value: layout.Cell
    term: Term | None = None
    style: str = ""
    has_unit: bool = False


Cells = Sequence[layout.Cell | Live]
Terms = Mapping[str, Term]


def document_bytes(report: Report) -> bytes:
    """The workbook's file."""
    book = Book(report)
    is_one = report.programme is None and len(report.assessments) == 1
    _Assessment(book, report.assessments[0]).write() if is_one else _write_page(book)
    book.file.close()
    return book.bytes.getvalue()


class Book:
    """A workbook whose sheets all say what they rest on."""

    def __init__(self, report: Report) -> None:
        self.report, self.language, self.bytes = report, report.language, BytesIO()
        self.file = xlsxwriter.Workbook(self.bytes, {"in_memory": True})
        said = {"title": report.title, "author": report.author, "subject": report.status}
        said = {key: harmless(text) for key, text in said.items()}
        self.file.set_properties({**said, "status": report.status, "created": NO_CLOCK})
        self._styles: dict[tuple[str, str], Any] = {}

    def style(self, name: str, number: str = "General") -> Any:
        """A format, made once."""
        if (name, number) not in self._styles:
            look = {"num_format": number, **LOOK["styles"][name]}
            self._styles[name, number] = self.file.add_format(look)
        return self._styles[name, number]

    def name(self, sheet: str) -> str:
        """The name of a sheet."""
        return word(f"sheet-{sheet}", self.language)

    def _free(self, name: str) -> str:
        """What a sheet may be called: short, of few signs, and not as another one is."""
        taken = {sheet.name.lower() for sheet in self.file.worksheets()}
        short = NO_SHEET_NAME.sub("-", re.split("[;,:(]", name)[0])[:LONGEST_SHEET_NAME].strip(" '")
        names_of = (f"{short} {number or ''}".rstrip() for number in count())
        return next(name for name in names_of if name.lower() not in taken)

    def sheet(
        self, name: str, rows: Iterable[Cells], more: Iterable[tuple[str, str]] = (),
        label: str = "",
    ) -> Any:  # fmt: skip
        """A sheet under its heads, which stay in sight and stand on every page."""
        heads = [*((key, word(key, self.language)) for key in LOOK["heads"][name]), *more]
        report, sheet = self.report, self.file.add_worksheet(self._free(label or self.name(name)))
        said = report.title, report.status, word(f"about-{name}", self.language, of=label)
        styles = "title", "warning" if report.is_warning else "status", "faint"
        for row, texts in enumerate(zip(said, styles, strict=True)):
            self._put(sheet, row, 0, Live(texts[0], style=texts[1]))
        for column, (key, head) in enumerate(heads):
            sheet.set_column(column, column, LOOK["widths"].get(key, LOOK["widths"].get(name, 18)))
            style = "head" if key in LOOK["widths"] else "number-head"
            self._put(sheet, FIRST - 2, column, Live(head, style=style))
        for what, values in LOOK["sheet"].items():
            getattr(sheet, what)(*values)
        sheet.fit_to_pages(LOOK["pages-wide"].get(name, 1), 0)
        sheet.set_footer(f"&L{report.status.replace('&', '&&')[:200]}&R&P / &N")
        for row, cells in enumerate(rows, start=FIRST - 1):
            for column, cell in enumerate(cells):
                self._put(sheet, row, column, cell if isinstance(cell, Live) else Live(cell))
        return sheet

    def _put(self, sheet: Any, row: int, column: int, cell: Live) -> None:
        """A figure as a number or a live formula; every text as text, whatever it looks like."""
        value, term, style, has_unit = cell
        if isinstance(value, layout.Together) and len(value.parts) == 1:
            value = value.parts[0]
        text = layout.cell_text(value, None, self.language)
        look = self.style(style or ("faint" if isinstance(value, NotApplicable) else "text"))
        if isinstance(value, Figure):
            unit = f' "{self.unit(value.unit)}"' if has_unit else ""
            look = self.style(style, numbers.cell_format(value) + unit)
        known = value.value if isinstance(value, Figure) else text
        if term is not None and "$" in term.text:
            sheet.write_formula(row, column, f"={term.text}", look, known)
        elif isinstance(value, Figure):
            sheet.write_number(row, column, known, look)
        elif text:
            if style == "wrapped":  # no program makes the row higher by itself
                sheet.set_row(row, LINE_POINTS * ceil(len(text) / LINE_LETTERS))
            said = "\n".join(map(harmless, text.split("\n")))
            sheet.write_string(row, column, said[:LONGEST_TEXT], look)

    def chart(
        self, sheet: Any, at: Sequence[int], kind: str, source: str, across: Sequence[int],
        series: Mapping[str, Sequence[int]],
    ) -> None:  # fmt: skip
        """A native chart of ranges of a sheet, named by its series."""
        chart, named = self.file.add_chart({"type": kind}), ", ".join(series)
        for look, (label, values) in zip(LOOK["series"], series.items(), strict=False):
            ranges = {"categories": [source, *across], "values": [source, *values]}
            chart.add_series({"name": label, **look, **ranges})
        for what, look in LOOK["charts"][kind].items():
            getattr(chart, what)(look)
        chart.set_title({"name": named, **LOOK["chart-title"]})
        sheet.insert_chart(*at, chart, {"description": named})

    def label(self, key: str, unit: str = "") -> str:
        """A figure's name in words, and its unit below it."""
        text = tables.label_of(key, self.language)
        return f"{text}\n{self.unit(unit)}" if unit else text

    def unit(self, unit: object) -> str:
        """A unit in the language; none of a number."""
        text = str(unit)
        return "" if text.startswith("1") else numbers.in_language(text, self.language)

    def lines(self, name: str, rows: Sequence[tuple[Cells, Figures, Terms]]) -> None:
        """A row of texts and figures for each line; those of several enterprises are added up."""
        columns = workings.columns_of((figures for _, figures, _ in rows), LOOK[name])
        shown: list[Cells] = []
        for said, figures, terms in rows:
            style = getattr(said[0], "style", "")
            cells = [_in_unit(figures.get(key), unit) for key, unit in columns]
            found = zip(cells, columns, strict=True)
            lives = (Live(one, terms.get(key) if one else None, style) for one, (key, _) in found)
            shown.append([*said, *lives])
        if rows and "enterprise" in LOOK["heads"][name]:
            whole = [word("total", self.language), *[" "] * (len(rows[0][0]) - 1)]
            sums = _sums(columns, [figures for _, figures, _ in rows], len(whole))
            shown.append([*(Live(text, style="total") for text in whole), *sums])
        self.sheet(name, shown, ((" ".join(one), self.label(*one)) for one in columns))

    def table(self, table: layout.Table) -> None:
        """A table of a page on a sheet of its own, each number with its unit."""
        last, rows = len(table.rows) - table.totals, list[Cells]()
        columns = [(at, one) for at, one in enumerate(table.columns) if one.key != "unit"]
        for number, row in enumerate(table.rows):
            style = "total" if number >= last else ""
            rows.append([Live(row[at], None, style, has_unit=True) for at, _ in columns])
        rows += [(), *((note,) for note in table.notes)]
        heads = [(one.key, one.header) for _, one in columns]
        sheet = self.sheet("tables", rows, heads, table.title)
        for at, column in columns:
            if column.key == LOOK["charted-table"] and last > 1:
                across, drawn = ((FIRST - 1, place, FIRST - 2 + last, place) for place in (0, at))
                beside = FIRST - 2, len(heads) + 1
                self.chart(sheet, beside, "bar", sheet.name, across, {column.header: drawn})


def _in_unit(value: Reported | None, unit: str) -> Reported | None:
    return None if isinstance(value, Figure) and str(value.unit) != unit else value


def _sums(columns: Iterable[Any], rows: Sequence[Figures], first: int) -> Iterator[Live]:
    """The sum of each column that adds, as a formula."""
    for column, (key, unit) in enumerate(columns, start=first):
        known = figures_in(_in_unit(row.get(key), unit) for row in rows)
        whole = replace(known[0], value=fsum(figure.value for figure in known))
        cells = xl_range_abs(FIRST - 1, column, FIRST - 2 + len(rows), column)
        is_sum = names.declared(key).adds == names.SUM
        yield Live(whole, Term(f"SUM({cells})"), "total") if is_sum else Live("")


def _write_page(book: Book) -> None:
    """What the first page says, and its tables; a row for each enterprise and each measure."""
    report, language, said = book.report, book.language, list[Cells]()
    heads = [at for at, part in enumerate(report.parts) if isinstance(part, layout.Heading)]
    parts = report.parts[: heads[1] if report.assessments else None]
    for part in parts:
        lines = [("", line) for line in getattr(part, "lines", getattr(part, "parts", ()))]
        for label, cell in part.rows if isinstance(part, layout.Pairs) else lines:
            said.append((label, Live(layout.pair_text(cell, language), style="wrapped")))
    book.sheet("sources", said, label=book.name("summary"))
    left_out = [word(key, language) for key in LOOK["left-out"] if report.programme]
    for part in parts:
        if isinstance(part, layout.Table) and part.title not in left_out:
            book.table(part)
    rows, items = list[Any](), list[Any]()
    if report.programme is not None:
        rows += [(one.row, one.figures) for one in report.programme.enterprises]
        items += [(one.enterprise, one, one.figures) for one in report.programme.pool]
    for result in report.assessments:
        rows.append((row_of(result, 0), results.figures_of(result.totals)))
        name = str(result.enterprise["id"])
        items += [(name, one, results.figures_of(one.line)) for one in counting(result)]
    if rows:
        book.lines("enterprises", [
            ((row.id, title(row.name, language), row.province, sector_name(row.sector, language)),
             figures, {}) for row, figures in rows
        ])  # fmt: skip
        book.lines("pool", [
            ((name, item.id, title(item.title, language), word(item.status, language)),
             figures, {}) for name, item, figures in items
        ])  # fmt: skip


# ---- one assessment ------------------------------------------------------------------------------


class _Assessment:
    """The sheets of one assessment: inputs, what follows from them, and how."""

    def __init__(self, book: Book, result: AssessmentResult) -> None:
        self.book, self.result, self.language = book, result, book.language
        self.lines, self.figures = workings.lines_of(result), workings.figures_by_place(result)
        shown = ("flow.", *SIDES, *LOOK["measures"], *LOOK["emissions"])
        known = {
            (place, name): figure
            for place, figures in self.figures.items() for name, figure in figures.items()
            if isinstance(figure, Figure) and name.startswith(shown)
        }  # fmt: skip
        self.leaves, cells = workings.leaves(known.values()), {}
        for kind, sheet in LEAVES.items():
            some = [leaf for leaf in self.leaves if leaf[0].kind == kind]
            for row, leaf in enumerate(some, start=FIRST):
                cells[leaf] = Term(f"'{book.name(sheet)}'!$C${row}")
        self.workings = Workings(f"'{book.name('workings')}'", FIRST, cells)
        self.terms: dict[str, dict[str, Term]] = {place: {} for place in self.figures}
        for (place, name), figure in known.items():
            self.terms[place][name] = self.workings.term(f"{place}.{name}", figure)
        for place, (*_, line) in self.lines.items():
            self._paybacks(place, line)

    def _paybacks(self, place: str, line: Line) -> None:
        """Paybacks by their cases, so that one that comes or goes with an input is seen."""
        terms, words = self.terms[place], [word(case, self.language) for case in LOOK["cases"]]
        cost, saving = terms.get("investment"), terms.get("annual_net_saving")
        if not cost or not saving or getattr(line.simple_payback, "code", "") == "incomplete":
            return
        cost = cost - terms["grant"] if "grant" in terms else cost
        formula = LOOK["payback"].format(cost.within(0), saving.within(0), *words)
        simple = self.workings.add(Row(f"{place}.simple_payback", line.simple_payback, formula))
        terms["simple_payback"] = simple
        ends = [term.text for name, term in terms.items() if name.startswith("flow.cumulative.")]
        if ends and isinstance(line.economics, results.Economics):
            parts = [LOOK["crossing"].format(year, *two) for year, two in enumerate(pairwise(ends))]
            beside, known = self.workings.parts(len(parts)), line.economics.discounted_payback
            cases = simple.text, ",".join(ends), beside, words[0], words[3]
            row = Row(f"{place}.payback", known, LOOK["discounted"].format(*cases), parts)
            terms["economics.discounted_payback"] = self.workings.add(row)

    def write(self) -> None:
        """All sheets."""
        book, places, rows = self.book, list(self.lines), list[Cells]()
        summed = workings.columns_of([self.figures["totals"]], (*LOOK["measures"], "reductions."))
        for row, ((key, unit), figure) in enumerate(summed.items(), start=FIRST):
            change = Term(f'IF(ISNUMBER($C{row}),$C{row}-$D{row},"")')
            now = Live(figure, self.terms["totals"].get(key), "status")
            moved = Live(replace(figure, value=0.0), change)
            rows.append((book.label(key), book.unit(unit), now, figure, moved))
        after = f"'{book.name('streams')}'!$E${FIRST}:$E${FIRST + len(self.result.streams)}"
        taken = Term(f'IF(MIN({after})<0,"{word("taken-twice", self.language)}","")')
        rows.append((Live("", taken, "warning"),))
        sheet = book.sheet("summary", rows)
        columns, last = (
            workings.columns_of(self.figures.values(), LOOK["measures"]),
            FIRST - 3 + len(places),
        )
        for column, (key, unit) in enumerate(columns, start=2):
            if key in LOOK["charted"] and len(places) > 1:
                at = FIRST - 2 + 14 * LOOK["charted"].index(key), 6
                series = {book.label(key, unit): (FIRST - 1, column, last, column)}
                book.chart(sheet, at, "bar", book.name("measures"), (FIRST - 1, 0, last, 0), series)
        for name in ("measures", "emissions"):
            book.lines(name, [
                (self._texts(place), self.figures[place], self.terms[place]) for place in places
            ])  # fmt: skip
        for kind, name in LEAVES.items():
            book.sheet(name, self._leaves(kind))
        look, last = book.style("warning"), FIRST + len(self.result.streams)
        below = {"type": "cell", "criteria": "<", "value": 0, "format": look}
        book.sheet("streams", self._streams()).conditional_format(FIRST - 1, 4, last, 4, below)
        self._cash_flow()
        book.sheet("sources", self._rests_on())
        book.sheet("workings", self._workings())

    def _texts(self, place: str) -> tuple[Live, Live]:
        name, words, _ = self.lines[place]
        style = "" if words else "total"
        text = title(words, self.language) if words else " "
        return Live(name or word("total", self.language), style=style), Live(text, style=style)

    def _leaves(self, kind: str) -> Iterator[Cells]:
        """Inputs or cited factors; how long something lasts decides how long the tables are."""
        used = {item.reference: item for item in self.result.factors}
        for (origin, _, unit), figure in self.leaves.items():
            is_fixed, cited = figure.unit.exponents == numbers.A_YEAR, used.get(origin.reference)
            place, of, note = str(origin.reference), "", "fixed-input" if is_fixed else "input"
            if kind == "input":
                place, of = self._place(origin.reference)
            elif cited is not None:
                of, note = cited.citation, f"row-{cited.quality}"
            value = Live(figure, style="input" if kind == "input" and not is_fixed else "")
            if origin.kind == kind:
                said = origin.text, of, word(note, self.language)
                yield place, self.book.unit(unit), value, *said

    def _place(self, path: Path) -> tuple[str, str]:
        """An input's place in the file, and the name of what it belongs to."""
        items: Any = getattr(self.result.file, str(path[0]), None)
        item: Any = items[path[1]] if hasattr(items, "__getitem__") else None
        words = getattr(item, "title", None) or getattr(item, "name", None)
        ids = {path[:2]: item.id} if hasattr(item, "id") else {}
        return dotted(path, ids), title(words, self.language) if words else ""

    def _streams(self) -> Iterator[Cells]:
        for row, item in enumerate(self.result.streams, start=FIRST):
            sides, terms = self.figures[f"streams.{item.id}"], self.terms[f"streams.{item.id}"]
            cells = (Live(figure, terms.get(name)) for name, figure in sides.items())
            unit = next((self.book.unit(one.unit) for one in figures_in(sides.values())), "")
            share = Live("", Term(f'IF(N($D{row})=0,"",$F{row}/$D{row})'), "share")
            yield title(item.name, self.language), item.id, unit, *cells, share

    def _cash_flow(self) -> None:
        """The years across, and below one another all projects, the whole first."""
        rows, drawn = list[Cells](), dict[str, Sequence[int]]()
        streams = self.result.streams
        named = {f"streams.{one.id}": title(one.name, self.language) for one in streams}
        for place, (*_, line) in reversed(self.lines.items()):
            if isinstance(line.economics, results.Economics):
                rows += [(), (self._texts(place)[0]._replace(style="status"),)]
            for key, amounts in workings.flows_of(line):
                terms = (self.terms[place][f"flow.{key}.{year}"] for year in range(len(amounts)))
                label = named.get(key) or economics.line_word(key, self.language)
                if place == "totals" and key in ("net", "cumulative"):
                    drawn[label] = FIRST - 1 + len(rows), 2, FIRST - 1 + len(rows), 1 + len(amounts)
                rows.append((label, self.book.unit(amounts[0].unit), *map(Live, amounts, terms)))
        years = [(f"year {year}", str(year)) for year in range(max(map(len, rows), default=2) - 2)]
        sheet = self.book.sheet("flow", rows, years)
        if drawn:
            across, at = (FIRST - 2, 2, FIRST - 2, 1 + len(years)), (FIRST + len(rows) + 1, 0)
            self.book.chart(sheet, at, "column", sheet.name, across, drawn)

    def _rests_on(self) -> Iterator[Cells]:
        made, language = self.result.provenance, self.language
        versions = {"cpcalc": made.cpcalc, "sha256": made.sha256, **made.factor_sets}
        said = [*summary.who(self.result, language), *summary.rests_on(self.result, language)]
        notes = summary.small_print(self.result, language)
        said += [*versions.items(), *(("", note) for note in notes)]
        for label, value in said:
            yield label, Live(layout.pair_text(value, language), style="wrapped")

    def _workings(self) -> Iterator[Cells]:
        for name, figure, formula, parts in self.workings.rows:
            card = getattr(getattr(figure, "formula", None), "card", None)
            said = equation_words(card.symbol, card.equation, self.language) if card else ""
            source = f"{card.symbol}; {card.source}" if card else ""
            note = "" if formula else word("not-live", self.language)
            beside = (Live("", Term(part), "faint") for part in parts)
            value = Live(figure, Term(formula) if formula else None)
            unit = self.book.unit(getattr(figure, "unit", 1))
            yield name, said, value, unit, source, note, *beside
