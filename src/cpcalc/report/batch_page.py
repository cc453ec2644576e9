"""A batch as a page: one row for each enterprise, then groups, totals and how the data stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpcalc.digests import figures_of, head_of
from cpcalc.figures import NotApplicable
from cpcalc.programme.batch import BatchTotals, Named
from cpcalc.report.layout import Block, Heading, Notes, Pairs, harmless
from cpcalc.report.sums_page import Entry, cut, entry_of, money_table, shown_names, sums_table
from cpcalc.report.words import sector_name, title, word

# What a row of the page shows.
_OF_A_ROW = frozenset({"investment", "annual_saving", "simple_payback", "reductions.co2"})
NOT_MEASURED = frozenset({"reconstructed", "draft"})


def batch_page(
    items: Sequence[Named], failed: int, totals: BatchTotals, group_by: str | None, language: str
) -> Iterator[Block]:
    """The blocks of the page."""
    statuses = data_statuses(totals.by_data_status, language)
    invented = bool(NOT_MEASURED & set(totals.by_data_status))
    heading = word("results-of", language, count=len(items))
    yield Heading(
        heading,
        f"{word('data-status', language)}: {statuses}" if items else "",
        is_warning=invented,
    )
    if not items:
        if failed:
            yield Notes((word("failed", language, count=failed),))
        return
    whole = entry_of(word("total", language), totals.total)
    entries = (
        _entry(item, language) for item in items
    )  # never all at once: a batch may have ten thousand
    yield money_table(
        "enterprises",
        word("enterprises-a-year", language),
        "enterprise",
        entries,
        [whole],
        language,
    )
    if group_by is not None:
        parts = [
            entry_of(_group_name(group_by, name, language), part)
            for name, part in totals.groups.items()
        ]
        yield money_table(
            "groups", word(f"by-{group_by}", language), group_by, parts, [whole], language
        )
    yield sums_table(
        totals.total, shown_names(totals.total), word("sums-a-year", language), language
    )
    yield from _payback(totals, language)
    yield Notes(tuple(_small_print(totals, failed, language)))


def _entry(item: Named, language: str) -> Entry:
    head = head_of(item.digest)
    figures = figures_of(item.digest, only=_OF_A_ROW)
    if isinstance(figures.get("investment"), NotApplicable):  # its amounts may still be shown
        figures = figures_of(item.digest)
    name = harmless(title(head.name, language))
    label = cut(name if name.startswith(head.id) else f"{head.id}  {name}")
    return Entry(label, "", figures, figures.get("simple_payback"), " !" if head.warnings else "")


def _group_name(group_by: str, name: str, language: str) -> str:
    if not name:
        return word("not-stated", language)
    if group_by == "data-status":
        return cut(word(name, language).partition(":")[0], 24)
    return cut(harmless(sector_name(name, language) if group_by == "sector" else name))


def data_statuses(counts: Mapping[str, int], language: str) -> str:
    """How many assessments stand on which kind of data."""
    return "; ".join(f"{count} {word(status, language)}" for status, count in counts.items())


def _payback(totals: BatchTotals, language: str) -> Iterator[Block]:
    total = totals.total
    rows = [(word("payback", language), total.simple_payback)]
    if total.simple_payback_of_complete is not None:
        label = word(
            "payback-of-complete-enterprises", language, n=total.complete, m=total.with_money
        )
        rows.append((label, total.simple_payback_of_complete))
    yield Pairs("", tuple(rows))


def _small_print(totals: BatchTotals, failed: int, language: str) -> Iterator[str]:
    if len(totals.currencies) > 1:
        yield word(
            "several-currencies",
            language,
            currencies=", ".join(name or "-" for name in totals.currencies),
        )
    yield word("n-of-m-meaning", language)
    if totals.warnings:
        yield word("batch-warnings", language, count=totals.warnings)
    if failed:
        yield word("failed", language, count=failed)
    yield word("identities", language, holding=totals.identities_holding, all=totals.identities)
