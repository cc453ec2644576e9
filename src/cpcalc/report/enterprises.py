"""Several enterprises on one page: the tables that batches and programmes share, and the page of
a batch."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Sized
from typing import NamedTuple

from cpcalc import names
from cpcalc.figures import Figure, figures_in
from cpcalc.programme import YEAR, Member, ends
from cpcalc.programme.totals import BatchTotals, Counting, Total
from cpcalc.report import tables
from cpcalc.report.layout import Block, Cell, Heading, Marked, Notes, Pair, Pairs, Table, harmless
from cpcalc.report.tables import NamedLine, kinds_table
from cpcalc.results import AssessmentResult, Figures, Line
from cpcalc.rows import investments
from cpcalc.texts import sector_name, title, word

LONGEST_STATUS_CELLS = 24
NOT_MEASURED = frozenset({"reconstructed", "draft"})


# The columns of money, by label, and the figures in them.
MONEY = {
    "investment": "investment", "annual-saving": "annual_saving",
    "payback": "simple_payback", "co2": "reductions.co2",
}  # fmt: skip


def named(member: Member, language: str) -> Marked:
    """An enterprise in a row; marked where its file has warnings."""
    row, name = member.row, harmless(title(member.row.name, language))
    label = tables.cut(name if name.startswith(row.id) else f"{row.id}  {name}")
    return Marked(harmless(label), tables.WARNED if row.warnings else "")


def money_table(
    heading: str, first: str, rows: Iterable[Sequence[Cell]], total: Total, language: str
) -> Table:
    """Investment, saving, payback and CO2 of enterprises or groups, and of all."""
    cells = [*rows, money_row(word("total", language), total.figures)]
    return tables.table(heading, (first, *MONEY), cells, language, totals=1, yearly=True)


def money_row(name: str | Marked, figures: Figures) -> list[Cell]:
    """A name and its money; an investment in one currency only as it was given."""
    investment, *others = (figures.get(name) for name in MONEY.values())
    amounts = figures_in(investments(figures).values())
    if not isinstance(investment, Figure) and len(amounts) == 1:
        investment = amounts[0]
    return [harmless(name) if isinstance(name, str) else name, investment, *others]


def sums_table(total: Total, language: str) -> Table:
    """Every figure with its sum and how many enterprises report it; a figure in two currencies in
    two rows.

    No working of emissions is shown, and no foreign currency where there is only one.
    """
    amounts = investments(total.figures)
    hidden = set(amounts) if len(amounts) == 1 else set()
    rows: list[tuple[Cell, ...]] = []
    for name, added in total.sums.items():
        if name in hidden or name.startswith(("avoided_emissions.", names.END_OF_PIPE)):
            continue
        reporting = word("n-of-m", language, n=added.reporting, m=added.of)
        cells = added.amounts if len(added.amounts) > 1 else (added.figure,)
        rows += [(tables.label_of(name, language), cell, None, reporting) for cell in cells]
    texts = ("unit", "reported-by")
    keys, more = ("figure", "total", *texts), {"by_row": True, "yearly": True}
    return tables.table("sums-a-year", keys, rows, language, texts, **more)


def paybacks(total: Total, language: str, label: str = "payback") -> Pairs:
    """The payback of all, and of those whose money is complete where these are not all."""
    rows: list[Pair] = [(word(label, language), total.simple_payback)]
    if total.simple_payback_of_complete is not None:
        counted = {"n": total.complete, "m": total.with_money}
        complete = word("payback-of-complete-enterprises", language, **counted)
        rows.append((complete, total.simple_payback_of_complete))
    return Pairs("", rows)


def data_statuses(counts: Mapping[str, int], language: str) -> str:
    """How many assessments stand on which kind of data."""
    return "; ".join(f"{count} {word(status, language)}" for status, count in counts.items())


def face_values(periods: Iterable[str], language: str) -> Iterator[str]:
    """That sums of money of several years are not at the prices of one."""
    spans = sorted({ends(period) for period in periods if period})
    years = sorted(day[:YEAR] for span in spans for day in span)
    if len(spans) > 1 and years[0] != years[-1]:
        yield word("face-values", language, first=years[0], last=years[-1])


# ---- the page of a batch -------------------------------------------------------------------------


def batch_page(
    items: Iterable[Member], failures: Sized, counting: Counting, language: str
) -> Iterator[Block]:
    """One row for each enterprise, then groups, totals and how the data stand.

    ``counting`` and ``failures`` are complete after the last item.
    """
    rows = [money_row(named(item, language), item.figures) for item in items]
    totals, group_by, failed = counting.totals(), counting.group_by, len(failures)
    statuses = data_statuses(totals.by_data_status, language)
    yield Heading(
        word("results-of", language, count=len(rows)),
        f"{word('data-status', language)}: {statuses}" if rows else "",
        is_warning=bool(NOT_MEASURED & set(totals.by_data_status)),
    )
    if not rows:
        if failed:
            yield Notes([word("failed", language, count=failed)])
        return
    total = totals.total
    yield money_table("enterprises-a-year", "enterprise", rows, total, language)
    if group_by is not None:
        rows = [
            money_row(_group_name(group_by, name, language), part.figures)
            for name, part in totals.groups.items()
        ]
        yield money_table(f"by-{group_by}", group_by, rows, total, language)
    yield sums_table(total, language)
    yield paybacks(total, language)
    yield Notes((*face_values(totals.periods, language), *_small_print(totals, failed, language)))


def _group_name(group_by: str, name: str, language: str) -> str:
    if not name:
        return word("not-stated", language)
    if group_by == "data-status":
        return tables.cut(word(name, language).partition(":")[0], LONGEST_STATUS_CELLS)
    return tables.cut(harmless(sector_name(name, language) if group_by == "sector" else name))


def _small_print(totals: BatchTotals, failed: int, language: str) -> Iterator[str]:
    if len(totals.currencies) > 1:
        currencies = ", ".join(name or "-" for name in totals.currencies)
        yield word("several-currencies", language, currencies=currencies)
    yield from tables.quality_notes(totals.qualities, language)
    yield word("n-of-m-meaning", language)
    if totals.warnings:
        yield word("batch-warnings", language, count=totals.warnings)
    if failed:
        yield word("failed", language, count=failed)
    yield word("identities", language, holding=totals.identities_holding, all=totals.identities)


# ---- the page of several assessments -------------------------------------------------------------


class Combined(NamedTuple):
    """What several assessments add up to: money by report currency, reductions over all."""

    assessments: int
    by_currency: Mapping[str, tuple[int, Line]]
    reductions: Figures


def combined_page(
    results: Sequence[AssessmentResult], whole: Combined, failed: int, language: str
) -> Iterator[Block]:
    """One row for each assessment, a table for each currency, and what could not be counted."""
    statuses = dict.fromkeys(result.data_status for result in results)
    count = word("results-of", language, count=whole.assessments)
    kinds = ", ".join(word(status, language) for status in statuses)
    under = f"{count}. {word('data-status', language)}: {kinds}"
    yield Heading(word("combined", language), under, is_warning=bool(NOT_MEASURED & set(statuses)))
    named = [(str(result.enterprise["id"]), result) for result in results]
    for currency, (_, total) in whole.by_currency.items():
        entries = [
            NamedLine(Marked(name), harmless(title(one.enterprise["name"], language)), one.totals)
            for name, one in named
            if (one.basis.currency or "") == currency
        ]
        yield tables.money_table("combined-money", entries, total, language, "enterprise")
    rows = [(name, one.totals.reductions) for name, one in named]
    rows.append((word("total", language), whole.reductions))
    yield from kinds_table("reductions", rows, language, "enterprise")
    notes = [*face_values([result.basis.period or "" for result in results], language)]
    if failed:
        notes.append(word("failed", language, count=failed))
    if notes:
        yield Notes(notes)
