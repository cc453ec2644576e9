"""What pages have in common: heads, tables and pairs of money, and what their marks mean."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from rich.cells import cell_len

from cpcalc import names, results
from cpcalc.figures import Figure, NotApplicable, Origin, Reported, figures_in, joined
from cpcalc.quantities import Quantity
from cpcalc.report import layout
from cpcalc.report.layout import Cell, Column, Marked, Notes, Pair, Pairs, Part, Table, Together
from cpcalc.report.numbers import share, shown
from cpcalc.results import AssessmentResult, Economics, Figures, Investment, Line, Qualities
from cpcalc.rows import intervals
from cpcalc.texts import title, word, word_in

CAPPED, WARNED, CONSTRUCTED = "^", "!", "\u00b0"
# The words of what each sign beside a label means.
NOTES_OF_MARKS = {CAPPED: "caps", WARNED: "warned", CONSTRUCTED: "by-construction"}
ANSWERS = {
    "answer-investment": "investment", "answer-payback": "simple_payback",
    "answer-co2": "reductions.co2", "answer-npv": "economics.npv",
}  # fmt: skip
ESTIMATED = frozenset({"estimated", "default"})
# The order in which categories and reductions are shown: climate and dust before water and waste.
KINDS = (*names.CATEGORIES, "co2", "co2e", "dust", *names.REDUCTIONS)
RESTS_ON = {"annual_saving": "estimates", "reductions.co2": "estimates-co2"}


# A name longer than this is cut in a row of a long table; the files and the other formats have it
# whole.
LONGEST_NAME_CELLS, SHORT_LINE_CELLS = 30, 10
FigureRow = tuple[str | Marked, Figures]


class NamedLine(NamedTuple):
    """One row of the tables: its short name, what stands under it, and its line."""

    name: Marked
    under: str
    line: Line


def heading(result: AssessmentResult, language: str, about: str = "") -> layout.Heading:
    """The enterprise (and what else the page is about), and how certain its figures are."""
    name = layout.harmless(title(result.enterprise["name"], language))
    unverified = [used for used in result.factors if used.quality == "unverified"]
    status, totals = word(result.data_status, language), results.figures_of(result.totals)
    return layout.Heading(
        f"{name}  ({result.enterprise['id']})" + (f": {about}" if about else ""),
        status_line(status, totals, result.qualities, unverified, language),
        is_warning=result.data_status in ("reconstructed", "draft"),
    )


def status_line(
    status: str, totals: Figures, qualities: Qualities, unverified: object, language: str
) -> str:
    """What kind of data all rests on, and what else makes the figures less than certain."""
    known = figures_in(totals.values())
    marks = {
        "status-partial": any(one.is_partial for one in known),
        "status-bounds": any(one.bound is not None for one in known),
        "status-estimated": any(map(ESTIMATED.intersection, qualities.values())),
        "status-unverified": unverified,
    }
    said = [word(mark, language) for mark, holds in marks.items() if holds]
    return "; ".join([f"{word('data-status', language)}: {status}", *said])


def answer(what: str, count: int, figures: Figures, language: str) -> layout.Prose:
    """What is saved, what it costs and when it is back, in one sentence each."""
    saving = figures.get("annual_saving")
    key = what if isinstance(saving, Figure) else f"{what}-unknown"
    said = [word(key, language, count=count, saving=layout.pair_text(saving, language))]
    for key, name in ANSWERS.items():
        figure = figures.get(name)
        if isinstance(figure, Figure):
            said.append(word(key, language, figure=shown(figure, language)))
    return layout.Prose([" ".join(said)])


def columns(
    keys: Sequence[str], language: str, texts: Sequence[str] = (), place: str = ""
) -> list[Column]:
    """Columns with the label each key has in a place: the first one and ``texts`` hold texts."""
    texts = (*keys[:1], *texts)
    return [Column(key, word_in(place, key, language), is_text=key in texts) for key in keys]


def in_short_lines(header: str) -> str:
    """A header of several words in lines that make its column no wider than its figures do."""
    return "\n".join(
        layout.wrapped(header, max(SHORT_LINE_CELLS, *map(cell_len, header.split(" "))))
    )


def table(
    name: str, keys: Sequence[str], rows: Sequence[Sequence[Cell]], language: str,
    texts: Sequence[str] = (), **more: Any,
) -> Table:  # fmt: skip
    """A table of figures and ``texts`` under the words of its name and of its columns' keys."""
    return Table(word(name, language), columns(keys, language, texts), rows, **more)


def money_table(
    name: str, entries: Sequence[NamedLine], total: Line | None, language: str, first: str
) -> Table:
    """Investment, saving (also alone, where measures overlap), running cost and payback."""
    lines = [(entry.name, entry.line) for entry in entries]
    if total is not None:
        lines.append((Marked(word("total", language)), total))
    overlaps = any(line.has_overlap for _, line in lines)
    figures = (first, "investment", "annual-saving", "stand-alone", "running", "payback")
    rows = []
    for label, line in lines:
        alone = line.stand_alone.annual_saving if overlaps and line.stand_alone else None
        others = (line.annual_saving, alone, line.running_cost, line.simple_payback)
        rows.append((label, investment_cell(line.investment), *others))
    under, totals = [entry.under for entry in entries], len(lines) - len(entries)
    return table(name, figures, rows, language, totals=totals, under=under, yearly=True)


def investment_cell(investment: Investment | None) -> Cell:
    """What is paid, converted; as given where it is in one currency without a rate."""
    if investment is None:
        return None
    is_as_given = isinstance(investment.converted, NotApplicable) and len(investment.amounts) == 1
    return investment.amounts[0] if is_as_given else investment.converted


def overlap_notes(overlaps: Iterable[Reported | None], language: str) -> Iterator[str]:
    """What savings alone, in order and order-free are, and how an overlap can be below zero."""
    yield word("overlap-note", language)
    if any(overlap.value < 0 for overlap in figures_in(overlaps)):
        yield word("overlap-negative", language)


def kinds_table(
    name: str, rows: Sequence[FigureRow], language: str, first: str = "measure"
) -> Iterator[Table]:
    """Savings by category or reductions by kind, one column each, and in the last row the total;
    nothing where there is none."""
    kinds = list(dict.fromkeys(kind for _, figures in rows for kind in figures))
    kinds.sort(key=lambda kind: KINDS.index(kind) if kind in KINDS else len(KINDS))
    if kinds:
        heads = columns((first, *kinds), language, place="short")
        named = [*(row for row in rows[:-1] if row[1]), rows[-1]]
        cells = [(label, *map(figures.get, kinds)) for label, figures in named]
        yield Table(word(name, language), heads, cells, totals=1, yearly=True)


def label_of(name: str, language: str) -> str:
    """A figure's name in words: ``savings.energy`` is energy saving, ``investment.USD``
    investment in USD."""
    family, _, member = name.partition(".")
    label = names.declared(name).label
    if family == "investment" and member:
        return word("investment-in", language, currency=member)
    if not member:
        return word(label or name, language)
    if not label or family not in names.BY_KEY:
        return word(name.removeprefix("economics."), language)
    if family == "other_benefits":
        return f"{word(label, language)}: {word(member, language)}"
    kind = ", ".join(word(part, language) for part in reversed(member.split(".")))
    text = word(label, language, category=kind, what=kind)
    return f"{text} ({word('stated', language)})" if family == "stated_reductions" else text


def figure_of(size: Quantity) -> Figure:
    """A quantity of the file, to be shown as figures are."""
    origin = Origin("input", size.path, size.text)
    return Figure(size.value, size.unit, None, (origin,), bound=size.bound)


def labelled(cells: Mapping[str, Cell], language: str) -> Iterator[Pair]:
    """Cells with the labels of their keys; an empty one is left out."""
    for key, cell in cells.items():
        if cell is not None and cell != "":
            yield word(key, language), cell


def money_pairs(line: Line, language: str) -> Iterator[Pair]:
    """The money of a line without discounting: what is paid, what it saves, when it is back."""
    of_complete = line.simple_payback_of_complete
    cells: dict[str, Cell] = {
        "investment": _amounts(line.investment, language),
        "grant": line.grant,
        "gross-saving": line.annual_saving,
        "running-cost": line.running_cost,
        "net-saving": None if line.running_cost is None else line.annual_net_saving,
        "overlap": line.overlap if line.has_overlap else None,
        "payback": line.simple_payback,
        "payback-of-complete": of_complete if isinstance(of_complete, Figure) else None,
    }
    yield from labelled(cells, language)
    for kind, figure in line.other_benefits.items():
        yield f"{word('other-benefits', language)}: {word(kind, language)}", figure
    if line.other_benefits:
        yield word("payback-with-benefits", language), line.simple_payback_with_other_benefits


def by_itself(cell: Cell) -> Cell:
    """A figure in its own scale and with its own unit, whatever else its column holds."""
    return Together((cell,)) if isinstance(cell, Figure) else cell


def with_left_out(npv: Cell, economics: object, language: str) -> Cell:
    """The NPV of a total, and beside it the measures that it leaves out."""
    left_out = left_out_of(economics, language)
    return Together((npv, f" ({left_out})")) if isinstance(npv, Figure) and left_out else npv


def left_out_of(economics: object, language: str) -> str:
    """Which measures the economics of a total leave out; nothing where they hold all."""
    if not isinstance(economics, Economics) or not economics.partial:
        return ""
    places = (place.partition(".")[2] for place in economics.partial)
    return word("left-out", language, measures=", ".join(places))


def _amounts(investment: Investment | None, language: str) -> Cell:
    """The investment as given, in each currency, and their sum where it is known."""
    if investment is None or len(investment.amounts) == 1:
        return investment and investment.amounts[0]
    parts: list[str | Reported] = [part for item in investment.amounts for part in (" + ", item)]
    if isinstance(investment.converted, Figure):
        parts += [" = ", investment.converted]
    return Together(tuple(parts[1:]))


def shares(label: str, parts: Mapping[str, float], language: str, place: str = "") -> str:
    """What shares something has, in one line."""
    texts = [
        f"{word_in(place, key, language)} {share(part, language)}" for key, part in parts.items()
    ]
    return f"{word(label, language)}: {', '.join(texts)}"


def quality_notes(qualities: Qualities, language: str) -> Iterator[str]:
    """Which shares of the saving and of the CO2 reduction rest on which tier of data."""
    for name, tiers in qualities.items():
        yield shares(RESTS_ON[name], tiers, language, "tier")


def identities(result: AssessmentResult, language: str) -> Iterator[str]:
    """How many statements between results hold."""
    if result.identities:
        holding = sum(item.holds for item in result.identities)
        yield word("identities", language, holding=holding, all=len(result.identities))


def uncertainty_table(line: Line, language: str) -> Iterator[Table]:
    """By how much the headline figures may be off either way; nothing where no input says so."""
    texts = []
    for name, figures in intervals(line).items():
        texts.append((label_of(name, language), *map(by_itself, figures)))
    if texts:
        keys = ("figure", "value", "plus-minus", "low-end", "high-end")
        notes = [word("uncertainty-note", language)]
        yield table("uncertainty", keys, texts, language, notes=notes)


def bill_notes(result: AssessmentResult, language: str) -> Iterator[str]:
    """Which months a quantity was read in; what is saved per product of which more is made."""
    for stream in result.streams:
        name, months = layout.harmless(title(stream.name, language)), sorted(stream.readings)
        if months:
            span = {"first": months[0], "last": months[-1]}
            yield word("months-read", language, stream=name, count=len(months), **span)
        normalised = stream.normalised_saving
        if isinstance(normalised, Figure) and normalised.value:
            saving = shown(normalised, language)
            yield word("normalised-saving", language, stream=name, saving=saving)


def month_charts(result: AssessmentResult, language: str) -> Iterator[layout.Chart]:
    """What was read month by month, a bar for each."""
    for stream in result.streams:
        if stream.readings:
            name = f"{word('readings', language)}: {layout.harmless(title(stream.name, language))}"
            yield layout.Chart(name, sorted(stream.readings.items()))


def cut(text: str, width: int = LONGEST_NAME_CELLS) -> str:
    """A name in at most ``width`` characters."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "\u2026"


def kept(parts: Iterable[Part]) -> list[Part]:
    """The parts without empty tables, and without bars, which a picture shows better."""
    unbarred = (part for part in parts if not isinstance(part, layout.Chart))
    return [part for part in unbarred if getattr(part, "rows", True)]


def noted(blocks: Iterable[Part], language: str) -> list[Part]:
    """A page with what its marks mean as its last lines; no page writes these itself.

    Under the first table whose rounded figures do not add up it says so.
    """
    page = list(blocks)
    for place, block in enumerate(page):
        if isinstance(block, Table) and not layout.adds_up(block, language):
            page[place] = block._replace(notes=(*block.notes, word("rounded", language)))
            break
    notes = list(mark_notes(page, language))
    if notes and isinstance(page[-1], Notes):
        page[-1] = Notes((*notes, *page[-1].lines))
    elif notes:
        page.append(Notes(notes))
    return page


def mark_notes(blocks: Sequence[Part], language: str) -> Iterator[str]:
    """What the marks on a page mean: one note for each, and none for a mark that is not there."""
    cells = [cell for block in blocks for cell in _cells_of(block)]
    shown_figures = figures_in(cells)
    fields = joined(*(figure.missing for figure in shown_figures))
    if any(figure.is_partial for figure in shown_figures):
        name = "partial-note" if fields else "partial-note-unnamed"
        yield word(name, language, fields=layout.missing_text(fields, language))
    reasons = [one.missing for one in _absent(blocks, Table) if one.code == "incomplete"]
    beside = [one.missing[: layout.MOST_MISSING_SHOWN] for one in _absent(blocks, Pairs)]
    said = {*fields, *joined(*beside)}
    if unsaid := [name for name in joined(*reasons) if name not in said]:
        missing = layout.missing_text(unsaid, language)
        yield f"{word('incomplete', language)} ({word('missing', language)}: {missing})"
    if any(figure.bound is not None for figure in shown_figures):
        yield f"\u2265 \u2264 {word('bound', language)}"
    marked = [cell for cell in cells if isinstance(cell, Marked)]
    for mark, key in NOTES_OF_MARKS.items():
        names_marked = dict.fromkeys(cell.text for cell in marked if cell.mark == mark)
        if names_marked:
            yield f"{mark} {word(key, language, measures=', '.join(names_marked))}"


def _absent(blocks: Iterable[Part], kind: type[Pairs] | type[Table]) -> list[NotApplicable]:
    """The reasons that blocks of a kind show instead of figures."""
    cells = (cell for block in blocks if isinstance(block, kind) for cell in _cells_of(block))
    return [cell for cell in cells if isinstance(cell, NotApplicable)]


def _cells_of(block: Part) -> Iterator[Cell]:
    """The texts, figures, reasons and marked labels that a block shows."""
    rows = block.bars if isinstance(block, layout.Chart) else getattr(block, "rows", ())
    for cell in chain.from_iterable(rows):
        yield from cell.parts if isinstance(cell, Together) else (cell,)
