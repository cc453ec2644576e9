"""The report as an Excel workbook: one assessment with live formulas, several with their sums."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from cpcalc import results
from cpcalc.diagnostics import Path, dotted
from cpcalc.figures import Figure, Reported, figures_in
from cpcalc.report import layout, summary
from cpcalc.report.economics import line_word
from cpcalc.report.numbers import cell_format
from cpcalc.report.several_sheets import write_several
from cpcalc.report.sheets import (
    EMISSIONS,
    FAINT,
    HEAD_ROW,
    INPUT,
    MONEY,
    TOTAL,
    WARNING,
    Book,
    columns_of,
    pattern_of,
)
from cpcalc.report.tables import MeasureOrGroup
from cpcalc.report.workings import PARTS_COLUMN, Row, Term, Workings, is_fixed, leaves
from cpcalc.report.writers import Report
from cpcalc.results import AssessmentResult, CashFlow, Economics, Line, MeasureResult
from cpcalc.texts import equation_words, operand_word, title, word

SHEETS = (
    "summary", "measures", "inputs", "streams", "flow", "emissions", "factors", "sources",
    "workings",
)  # fmt: skip
SHEETS_OF_SEVERAL = ("summary", "enterprises", "measures")
SIDES = ("baseline", "after", "saving")
CHARTED = ("annual_saving", "simple_payback", "reductions.co2")
# The cases of a payback (P-1) of an investment {0} and an annual net saving {1}.
PAYBACK = (
    'IF({1}>0,IF({0}>0,{0}/{1},"{immediate}"),IF({1}<0,IF({0}<0,"{trade}","{worsens}"),'
    'IF({0}>0,"{never}",IF({0}<0,"{immediate}","{none}"))))'
)
# Of a simple payback {0}, when present values added up come back {1}, and their sums {2} (F-20).
DISCOUNTED = (
    'IF(ISNUMBER({0}),IF(COUNT({1})>0,MIN({1}),IF(MIN({2})<0,"{never}","{immediate}")),{0})'
)
CASES = {
    "immediate": "immediate", "trade": "trade-off", "worsens": "worsens", "never": "never",
    "none": "not-applicable",
}  # fmt: skip


def document_bytes(report: Report) -> bytes:
    """The workbook's file."""
    is_one = report.programme is None and len(report.assessments) == 1
    book = Book(report, SHEETS if is_one else SHEETS_OF_SEVERAL)
    if is_one:
        _Assessment(book, report.assessments[0]).write()
    else:
        write_several(book, report)
    return book.closed()


# ---- one assessment ------------------------------------------------------------------------------


class _Assessment:
    """The sheets of one assessment: inputs, what follows from them, and how."""

    def __init__(self, book: Book, result: AssessmentResult) -> None:
        self.book, self.result, self.language = book, result, book.language
        self.lines: dict[str, tuple[str, str, Line]] = {}  # by place: id, title and line
        items: list[MeasureOrGroup] = [*result.groups, *result.measures]
        for item in items:
            kind = "measures" if isinstance(item, MeasureResult) else "groups"
            named = title(item.title, self.language)
            self.lines[f"{kind}.{item.id}"] = (item.id, named, item.line)
        self.lines["totals"] = (word("total", self.language), "", result.totals)
        self.figures = {place: results.figures_of(line) for place, (*_, line) in self.lines.items()}
        self.flows: dict[str, dict[str, tuple[Figure, ...]]] = {
            place: dict(_flows(line.economics.cash_flow))
            for place, (*_, line) in self.lines.items()
            if isinstance(line.economics, Economics)
        }
        self.leaves = leaves(figure for _, figure in self._all())
        met: dict[object, int] = {}
        self.inputs = [leaf for leaf in self.leaves if leaf.kind == "input"]
        for leaf in self.inputs:
            met.setdefault(leaf.reference[:2], len(met))
        self.inputs.sort(key=lambda leaf: (leaf.section, met[leaf.reference[:2]]))
        self.factors = sorted(leaf for leaf in self.leaves if leaf.kind == "factor")
        cells = {
            leaf: Term(f"{book.name(sheet)}!$C${row}")
            for sheet, some in (("inputs", self.inputs), ("factors", self.factors))
            for row, leaf in enumerate(some, start=HEAD_ROW + 2)
        }
        self.workings = Workings(book.name("workings"), HEAD_ROW + 1, cells)
        self.terms: dict[tuple[str, str], Term] = {}

    def _all(self) -> Iterator[tuple[tuple[str, str], Figure]]:
        """Every figure of the sheets, with its place and name."""
        for item in self.result.streams:
            for name in SIDES:
                if isinstance(figure := getattr(item, name), Figure):
                    yield (f"streams.{item.id}", name), figure
        for place, figures in self.figures.items():
            for (name, _), figure in columns_of([figures], (*MONEY, *EMISSIONS)).items():
                yield (place, name), figure
        for place, flows in self.flows.items():
            for key, amounts in flows.items():
                for year, amount in enumerate(amounts):
                    yield (place, f"{key}.{year}"), amount

    def write(self) -> None:
        """All sheets; the workings last, as they hold what the others needed."""
        for (place, name), figure in self._all():
            label = f"{place}.{name}"
            term = self.workings.term(label, figure, lambda text: operand_word(text, self.language))
            self.terms[place, name] = self.workings.outside(term)
        for place, (*_, line) in self.lines.items():
            self._paybacks(place, line)
        self._lines("measures", MONEY)
        self._lines("emissions", EMISSIONS)
        self._summary()
        self._inputs()
        self._factors()
        self._streams()
        self._cash_flow()
        self._sources()
        self._workings()

    # ---- paybacks, whose case may change ---------------------------------------------------------

    def _paybacks(self, place: str, line: Line) -> None:
        """Paybacks by their cases, so that one that comes or goes with an input is seen."""
        cost = self.terms.get((place, "investment"))
        saving = self.terms.get((place, "annual_net_saving"))
        if not cost or not saving or getattr(line.simple_payback, "code", "") == "incomplete":
            return
        if line.grant is not None:
            cost = cost - self.terms[place, "grant"]
        words = {name: word(case, self.language) for name, case in CASES.items()}
        formula = PAYBACK.format(cost.within(0), saving.within(0), **words)
        simple = self._case(place, "simple_payback", line.simple_payback, formula)
        flow = self.flows.get(place, {}).get("cumulative")
        if flow is None or not isinstance(line.economics, Economics):
            return
        ends = [self.terms[place, f"cumulative.{year}"].text for year in range(len(flow))]
        parts = [
            f'IF(AND({before}<0,{after}>=0),{year}+{before}/({before}-{after}),"")'
            for year, (before, after) in enumerate(pairwise(ends))
        ]
        beside = self.workings.parts(len(parts))
        formula = DISCOUNTED.format(simple.text, beside, ",".join(ends), **words)
        name = "economics.discounted_payback"
        self._case(place, name, line.economics.discounted_payback, formula, parts)

    def _case(
        self, place: str, name: str, known: Reported, formula: str, parts: Sequence[str] = ()
    ) -> Term:
        term = self.workings.add(Row(f"{place}.{name}", known, formula, parts))
        self.terms[place, name] = self.workings.outside(term)
        return self.terms[place, name]

    # ---- sheets ----------------------------------------------------------------------------------

    def _lines(self, name: str, keys: Sequence[str]) -> None:
        """A row for each measure and group, and the totals."""
        book, sheet = self.book, self.book.sheets[name]
        columns = columns_of(self.figures.values(), keys)
        heads = {key: word(key, self.language) for key in ("measure", "title")}
        heads |= {f"{key} {unit}": book.label(key, one) for (key, unit), one in columns.items()}
        book.heads(sheet, heads)
        for row, (place, (short, named, _)) in enumerate(self.lines.items(), start=HEAD_ROW + 1):
            style = TOTAL if place == "totals" else {}
            book.row(sheet, row, (short, named), text_wrap=True, **style)
            for column, (key, unit) in enumerate(columns, start=2):
                value = self.figures[place].get(key)
                if isinstance(value, Figure) and str(value.unit) != unit:
                    continue
                term = self.terms.get((place, key))
                book.put(sheet, row, column, value, term, pattern_of(key, value), **style)

    def _summary(self) -> None:
        """The totals as they are now and as they were assessed, and what the measures bring."""
        sheet, book = self.book.sheets["summary"], self.book
        book.heads(sheet, book.words("figure", "unit", "now", "as-assessed", "change"))
        columns = columns_of([self.figures["totals"]], (*MONEY, "reductions."))
        for row, (key, _) in enumerate(columns, start=HEAD_ROW + 1):
            figure = self.figures["totals"][key]
            assert isinstance(figure, Figure)
            pattern, now, then = pattern_of(key, figure), f"C{row + 1}", f"D{row + 1}"
            book.row(sheet, row, (book.label(key), book.unit(figure)))
            book.put(sheet, row, 2, figure, self.terms["totals", key], pattern, bold=True)
            book.put(sheet, row, 3, figure, None, pattern)
            nothing = replace(figure, value=0.0)
            book.put(
                sheet, row, 4, nothing, Term(f'IF(ISNUMBER(${now}),${now}-${then},"")'), pattern
            )
        charted = [key for key, _ in columns_of(self.figures.values(), MONEY)]
        top, last = HEAD_ROW, HEAD_ROW + len(self.lines) - 1
        for key in filter(charted.__contains__, CHARTED if self.lines.keys() > {"totals"} else ()):
            column = 2 + charted.index(key)
            name, largest = self._charted(key)
            first = HEAD_ROW + 1
            ranges = {name: (first, column, last, column)}
            across = (first, 0, last, 0)
            book.chart(sheet, (top, 6), name, "bar", "measures", across, ranges, largest)
            top += 14

    def _charted(self, key: str) -> tuple[str, float]:
        """The name of a chart with its unit, and the largest figure in it."""
        known = figures_in(figures.get(key) for figures in self.figures.values())
        name = self.book.label(key, known[0]).replace("\n", ", ")
        return name, max(abs(figure.value) for figure in known)

    def _inputs(self) -> None:
        """What may be changed; how long something lasts decides how long the tables are."""
        sheet, book = self.book.sheets["inputs"], self.book
        book.heads(sheet, book.words("place", "of-what", "value", "unit", "as-written", "note"))
        for row, leaf in enumerate(self.inputs, start=HEAD_ROW + 1):
            figure, is_free = self.leaves[leaf], not is_fixed(self.leaves[leaf])
            book.row(sheet, row, (*self._place(leaf.reference), None, book.unit(figure)))
            book.put(sheet, row, 2, figure, **(INPUT if is_free else {}))
            note = "input" if is_free else "fixed-input"
            book.put(sheet, row, 4, figure.operands[0].text)
            book.put(sheet, row, 5, word(note, self.language), **FAINT)
            if is_free:
                sheet.data_validation(row, 2, row, 2, {"validate": "decimal", "criteria": "between",
                    "minimum": -1e60, "maximum": 1e60, "input_title": word("input", self.language),
                    "input_message": word("about-inputs", self.language)[:255]})  # fmt: skip

    def _place(self, path: Path) -> tuple[str, str]:
        """An input's place in the file, and the name of what it belongs to."""
        file, kind, *_ = self.result.file, *path
        items: Any = getattr(file, str(kind), None) or ()
        if isinstance(items, Mapping):
            words = items[path[1]].name
            return dotted(path), title(words, self.language) if words else ""
        if not isinstance(items, Sequence) or len(path) < 2:
            return dotted(path), ""
        item = items[path[1]]  # type: ignore[index]
        words = getattr(item, "title", None) or getattr(item, "name", None)
        named = title(words, self.language) if words else ""
        return dotted(path, {path[:2]: item.id}), named

    def _factors(self) -> None:
        sheet, book = self.book.sheets["factors"], self.book
        used = {item.reference: item for item in self.result.factors}
        keys = ("factor", "unit", "value", "as-written", "source", "row-quality")
        book.heads(sheet, book.words(*keys))
        for row, leaf in enumerate(self.factors, start=HEAD_ROW + 1):
            figure, item = self.leaves[leaf], used.get(str(leaf.reference))
            book.row(sheet, row, (str(leaf.reference), book.unit(figure), figure))
            book.put(sheet, row, 3, figure.operands[0].text)
            if item is not None:
                quality = "row-verified" if item.quality == "verified" else "row-unverified"
                book.put(sheet, row, 4, item.citation, text_wrap=True)
                book.put(sheet, row, 5, word(quality, self.language), text_wrap=True)

    def _streams(self) -> None:
        sheet, book = self.book.sheets["streams"], self.book
        book.heads(sheet, book.words("title", "stream", "unit", *SIDES, "%"))
        for row, item in enumerate(self.result.streams, start=HEAD_ROW + 1):
            named, place = title(item.name, self.language), f"streams.{item.id}"
            sides = [getattr(item, name) for name in SIDES]
            unit = next((book.unit(one) for one in sides if isinstance(one, Figure)), "")
            book.row(sheet, row, (named, item.id, unit))
            for column, (name, value) in enumerate(zip(SIDES, sides, strict=True), start=3):
                book.put(sheet, row, column, value, self.terms.get((place, name)))
            if isinstance(item.baseline, Figure) and isinstance(item.saving, Figure):
                formula = f'=IF(D{row + 1}=0,"",F{row + 1}/D{row + 1})'
                share = item.saving.value / item.baseline.value if item.baseline.value else ""
                sheet.write_formula(row, 6, formula, book.style({"num_format": "0.0%"}), share)
        below = {"type": "cell", "criteria": "<", "value": 0, "format": book.style(WARNING)}
        sheet.conditional_format(HEAD_ROW + 1, 4, HEAD_ROW + len(self.result.streams) + 1, 4, below)

    def _cash_flow(self) -> None:
        """The years across, and below one another all projects, the whole first."""
        sheet, book, row = self.book.sheets["flow"], self.book, HEAD_ROW
        longest = max((len(next(iter(one.values()))) for one in self.flows.values()), default=0)
        years = {f"year {year}": str(year) for year in range(longest)}
        book.heads(sheet, book.words("figure", "unit") | years)
        for place in reversed(self.flows):
            row += 2 if row > HEAD_ROW else 1
            short, named, _ = self.lines[place]
            book.put(sheet, row, 0, f"{short}  {named}", bold=True)
            drawn: dict[str, tuple[int, int, int, int]] = {}
            for key, amounts in self.flows[place].items():
                row += 1
                style = TOTAL if key == "net" else {}
                book.row(
                    sheet, row, (line_word(key, self.language), book.unit(amounts[0])), **style
                )
                pattern = cell_format(max(amounts, key=lambda amount: abs(amount.value)))
                for year, amount in enumerate(amounts):
                    term = self.terms[place, f"{key}.{year}"]
                    book.put(sheet, row, 2 + year, amount, term, pattern, **style)
                if key in ("net", "cumulative"):
                    drawn[line_word(key, self.language)] = (row, 2, row, 1 + len(amounts))
            if place == "totals":
                row += 1
                across = (HEAD_ROW, 2, HEAD_ROW, 1 + longest)
                name = word("sheet-flow", self.language)
                largest = max(abs(one.value) for one in self.flows[place]["net"])
                book.chart(sheet, (row, 0), name, "column", "flow", across, drawn, largest)
                row += 16

    def _sources(self) -> None:
        sheet, book, result = self.book.sheets["sources"], self.book, self.result
        book.heads(
            sheet, {"place": word("source", self.language), "said": word("value", self.language)}
        )
        made = {"cpcalc": result.provenance.cpcalc, "sha256": result.provenance.sha256}
        pairs: list[layout.Pair] = [*summary.who(result, self.language)]
        pairs += summary.rests_on(result, self.language)
        pairs += [*made.items(), *result.provenance.factor_sets.items()]
        pairs += [("", line) for line in summary.small_print(result, self.language)]
        for row, (label, value) in enumerate(pairs, start=HEAD_ROW + 1):
            text = layout.pair_text(value, self.language)
            book.row(sheet, row, (label, text), text_wrap=True)

    def _workings(self) -> None:
        sheet, book = self.book.sheets["workings"], self.book
        book.heads(sheet, book.words("figure", "equation", "value", "unit", "source", "note"))
        for row, (name, figure, formula, parts) in enumerate(self.workings.rows, HEAD_ROW + 1):
            book.put(sheet, row, 0, name)
            term = Term(formula) if formula else None
            book.put(sheet, row, 2, figure, term)
            if isinstance(figure, Figure):
                book.put(sheet, row, 3, book.unit(figure))
                card = getattr(figure.formula, "card", None)
                if card is not None:
                    equation = equation_words(card.symbol, card.equation, self.language)
                    book.row(sheet, row, ("", equation))
                    book.put(sheet, row, 4, f"{card.symbol}; {card.source}")
            if not formula:
                book.put(sheet, row, 5, word("not-live", self.language), **FAINT)
            for column, part in enumerate(parts, start=PARTS_COLUMN):
                sheet.write_formula(row, column, f"={part}", book.style(FAINT))


def _flows(flow: CashFlow) -> Iterator[tuple[str, tuple[Figure, ...]]]:
    """The lines of a cash flow and their sums, year by year."""
    yield from flow.lines
    yield "net", flow.net
    if flow.discounted is not None and flow.cumulative is not None:
        yield "present", flow.discounted
        yield "cumulative", flow.cumulative
    yield from (*flow.outside, *flow.financing)
    if flow.equity is not None:
        yield "equity", flow.equity
