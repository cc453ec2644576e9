"""One assessment on one sheet: the answer first, then measures and streams."""

from collections.abc import Iterator, Sequence

from cpcalc import names
from cpcalc.figures import Figure
from cpcalc.report import layout, plant, summary, tables
from cpcalc.report.layout import Block, Cell, Marked, Notes, Pair, Pairs, Table, cell_text, harmless
from cpcalc.report.numbers import share
from cpcalc.results import AssessmentResult, Figures, Line, MeasureResult
from cpcalc.rows import MeasureOrGroup, bundle_of
from cpcalc.texts import title, word

# The longest bar, of a measure that brings all of the saving.
BAR_CELLS = 10
BAR = "\u2588"
# In the order of the published totals of cleaner-production programmes.
AVOIDED = tuple(kind for kind in names.REDUCTIONS if kind not in ("bod", "tss"))


def short_page(result: AssessmentResult, language: str) -> Iterator[Block]:
    """The blocks of the sheet."""
    yield tables.heading(result, language)
    answer = list(_answer(result, language))
    less = list(_avoided(result, language))
    yield Pairs("", [*answer, *less], [2, *range(len(answer) + 1, len(answer) + len(less), 2)])
    bundle, totals = bundle_of(result.measures, result.groups), result.totals
    name = word("short-measures", language)
    if bundle.groups:
        members = [measure for measure in bundle.measures if measure not in bundle.alone]
        yield from _measures(name, members, None, language)
        name = word("groups-and-others" if bundle.alone else "groups", language)
    yield from _measures(name, [*bundle.groups, *bundle.alone], totals, language)
    last = totals.end_of_pipe
    if last is not None:
        less_of_last = ("end-of-pipe-reductions", last.reductions)
        name = word("end-of-pipe", language)
        yield from _measures(name, bundle.end_of_pipe, last, language, less_of_last)
    for table in plant.streams(result, language):
        first, *others = table.columns
        yield table._replace(columns=[first._replace(is_cropped=True), *others])
    yield Notes(tuple(_small_print(result, language)))


def _answer(result: AssessmentResult, language: str) -> Iterator[Pair]:
    """What it costs and brings."""
    totals = result.totals
    whole = totals.annual_saving
    saving: Cell = whole
    if isinstance(whole, Figure) and whole.value > 0:
        known = [(kind, one) for kind, one in totals.savings.items() if isinstance(one, Figure)]
        kinds = [
            f"{word(kind, language)} {share(part.value / whole.value, language)}"
            for kind, part in sorted(known, key=lambda item: -item[1].value)
            if part.value
        ]
        saving = layout.Together((whole, f" ({', '.join(kinds)})")) if len(kinds) > 1 else whole
    payback: Cell = totals.simple_payback
    if isinstance(of_complete := totals.simple_payback_of_complete, Figure):
        payback = layout.Together(
            (totals.simple_payback, f"; {word('of-complete', language)} ", of_complete)
        )
    basis = result.basis
    who = [str(value) for _, value in summary.who(result, language)][:1]
    period = ", ".join(filter(None, (basis.period, basis.currency)))
    about = "; ".join(filter(None, [period, *who]))
    cells: dict[str, Cell] = {
        "period" if basis.period else "currency": about,
        "investment": tables.investment_cell(totals.investment),
        "payback": payback,
        "gross-saving": saving,
        "running-cost-short": totals.running_cost,
    }
    return tables.labelled(cells, language)


def _avoided(result: AssessmentResult, language: str) -> Iterator[Pair]:
    for kind in AVOIDED:
        if (cut := plant.of_baseline(result, kind)) is not None:
            yield word("less", language, what=word(kind, language)), cut


def _measures(
    name: str, items: Sequence[MeasureOrGroup], total: Line | None, language: str,
    *less: tuple[str, Figures],
) -> Iterator[Block]:  # fmt: skip
    """Each on a line: what it costs and saves, its payback, its part of the saving; below, what
    they reduce and the page has nowhere else."""
    if not items:
        return
    notes, stated = [], total.stated_reductions if total is not None else {}
    for label, figures in (*less, ("stated-reductions", stated)):
        texts = [f"{word(k, language)} {cell_text(v, None, language)}" for k, v in figures.items()]
        notes += [f"{word(label, language)}: {', '.join(texts)}"] if texts else []
    keys = ("measure", "", "investment", "annual-saving", "payback", "part", "bar")
    columns = tables.columns(keys, language, ("", "bar"))
    columns[1] = columns[1]._replace(is_cropped=True, is_extra=True)
    columns[-1] = columns[-1]._replace(header="", is_extra=True)
    rows: list[tuple[Cell, ...]] = []
    for item in items:
        about, mark = harmless(title(item.title, language)), ""
        if isinstance(item, MeasureResult):
            mark = tables.CAPPED if item.caps else ""
        elif item.declared_count is not None:
            about += f" ({word('count', language, count=item.declared_count)})"
        rows.append((Marked(item.id, mark), about, *_money(item.line, total, language)))
    totals = int(total is not None and len(items) > 1)
    if total is not None and totals:
        rows.append((word("total", language), "", *_money(total, None, language)))
    yield Table(name, columns, rows, totals=totals, notes=notes, yearly=True)


def _money(line: Line, total: Line | None, language: str) -> tuple[Cell, ...]:
    part = bar = ""
    saving, whole = line.annual_saving, total and total.annual_saving
    if isinstance(saving, Figure) and isinstance(whole, Figure) and whole.value > 0:
        size = saving.value / whole.value
        part, bar = share(size, language), BAR * round(max(size, 0) * BAR_CELLS)
    return tables.investment_cell(line.investment), saving, line.simple_payback, part, bar


def _small_print(result: AssessmentResult, language: str) -> Iterator[str]:
    """What does not count, what the figures rest on, the proof, and where there is more."""
    items: list[MeasureOrGroup] = [*result.groups, *result.measures]
    outside = [item.id for item in items if not item.in_bundle]
    if outside:
        yield word("not-counted", language, measures=", ".join(outside))
    yield from tables.quality_notes(result.qualities, language)
    yield "; ".join([*tables.identities(result, language), word("see-more", language)])
