"""One assessment on one sheet: the answer first, then measures and streams."""

from collections.abc import Iterator, Sequence

from cpcalc import names
from cpcalc.figures import Figure
from cpcalc.report import layout, plant, summary, tables
from cpcalc.report.layout import Block, Cell, Marked, Notes, Pair, Pairs, Table, harmless
from cpcalc.report.numbers import share
from cpcalc.results import AssessmentResult, Line, MeasureResult
from cpcalc.rows import MeasureOrGroup, bundle_of
from cpcalc.texts import title, word

# The longest bar, of a measure that brings all of the saving.
BAR_CELLS = 10
BAR = "\u2588"
# In the order of the published totals of cleaner-production programmes.
AVOIDED = tuple(kind for kind in names.REDUCTIONS if kind not in ("bod", "tss"))


def short_page(result: AssessmentResult, language: str) -> Iterator[Block]:
    """The blocks of the sheet."""
    yield tables.stated_heading(result, language)
    yield Notes((_about(result, language),))
    yield Pairs("", list(_answer(result, language)))
    bundle = bundle_of(result)
    yield from _measures(word("short-measures", language), bundle.measures, result.totals, language)
    last = result.totals.end_of_pipe
    if last is not None:
        yield from _measures(word("end-of-pipe", language), bundle.end_of_pipe, last, language)
    yield from summary.stream_tables(result, language)
    yield Notes(tuple(_small_print(result, language)))


def _about(result: AssessmentResult, language: str) -> str:
    who = [str(value) for _, value in summary.who(result, language)][:1]
    basis = ", ".join(filter(None, (result.basis.period, result.basis.currency)))
    return "; ".join([*who, f"{word('period', language)} {basis}"])


def _answer(result: AssessmentResult, language: str) -> Iterator[Pair]:
    """What it costs and brings, and what the plant no longer emits or throws away."""
    totals = result.totals
    whole = totals.annual_saving
    saving: Cell = whole
    if isinstance(whole, Figure) and whole.value > 0:
        by_size = sorted(_saved(totals), key=lambda item: -item[1])
        kinds = [
            f"{word(kind, language)} {share(part / whole.value, language)}"
            for kind, part in by_size
        ]
        saving = layout.Together((whole, f" ({', '.join(kinds)})")) if len(kinds) > 1 else whole
    cells: dict[str, Cell] = {
        "investment": tables.investment_cell(totals.investment),
        "gross-saving": saving,
        "running-cost": totals.running_cost,
        "payback": totals.simple_payback,
    }
    cells |= {f"avoided-{kind}": plant.of_baseline(result, kind, language) for kind in AVOIDED}
    return tables.labelled(cells, language)


def _saved(totals: Line) -> Iterator[tuple[str, float]]:
    """What the totals save of each category, where it is anything."""
    for kind, figure in totals.savings.items():
        if isinstance(figure, Figure) and figure.value:
            yield kind, figure.value


def _measures(
    name: str, measures: Sequence[MeasureResult], total: Line, language: str
) -> Iterator[Block]:
    """Each measure on a line: what it costs and saves, its part of the saving, its payback."""
    if not measures:
        return
    keys = ("measure", "", "investment", "annual-saving", "part", "payback")
    columns = tables.columns(keys, language, ("", "part"))
    columns[1] = columns[1]._replace(is_cropped=True)
    rows: list[tuple[Cell, ...]] = []
    for item in measures:
        marked = Marked(item.id, tables.CAPPED if item.caps else "")
        about = harmless(title(item.title, language))
        rows.append((marked, about, *_money(item.line, total, language)))
    rows.append((word("total", language), "", *_money(total, None, language)))
    yield Table(name, columns, rows, totals=1, yearly=True)


def _money(line: Line, total: Line | None, language: str) -> tuple[Cell, ...]:
    bar, saving, whole = "", line.annual_saving, total and total.annual_saving
    if isinstance(saving, Figure) and isinstance(whole, Figure) and whole.value > 0:
        part = saving.value / whole.value
        bar = f"{BAR * round(max(part, 0) * BAR_CELLS)} {share(part, language)}".strip()
    return tables.investment_cell(line.investment), saving, bar, line.simple_payback


def _small_print(result: AssessmentResult, language: str) -> Iterator[str]:
    """What does not count, what the figures rest on, the proof, and where there is more."""
    items: list[MeasureOrGroup] = [*result.groups, *result.measures]
    outside = [item.id for item in items if not item.in_bundle]
    if outside:
        yield word("not-counted", language, measures=", ".join(outside))
    yield from tables.quality_notes(result.qualities, language)
    if result.identities:
        holding = sum(item.holds for item in result.identities)
        yield word("identities", language, holding=holding, all=len(result.identities))
    yield word("see-more", language)
