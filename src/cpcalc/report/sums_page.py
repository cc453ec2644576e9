"""Sums over enterprises as blocks of a page; used by batch and programme."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from cpcalc.figures import Figure, Reported
from cpcalc.programme.sums import Sum, Total
from cpcalc.report.layout import Cell, Column, Table, harmless
from cpcalc.report.words import word

# A name longer than this is cut in a row of a long table; the files and the other formats have it whole.
LONGEST_NAME_CELLS = 30


class Entry(NamedTuple):
    """One row of a table of enterprises or groups."""

    name: str
    under: str
    figures: Mapping[str, Reported]
    payback: Reported | None
    note: str = ""


def entry_of(name: str, total: Total) -> Entry:
    """A total as a row."""
    return Entry(
        name, "", {key: found.figure for key, found in total.sums.items()}, total.simple_payback
    )


def money_table(
    key: str,
    heading: str,
    first: str,
    entries: Iterable[Entry],
    totals: Sequence[Entry],
    language: str,
) -> Table:
    """Investment, saving, payback and CO2 of enterprises or groups; ``entries`` are gone through once."""
    columns = (
        Column("name", word(first, language), is_text=True),
        Column("investment", word("investment", language)),
        Column("annual_saving", word("annual-saving", language)),
        Column("simple_payback", word("payback", language)),
        Column("co2", word("co2", language)),
    )
    rows, under = [], []
    for entry in chain(entries, totals):
        rows.append(_row(entry))
        under.append(harmless(entry.under))
    lines = tuple(under) if any(under) else ()
    return Table(key, heading, columns, tuple(rows), totals=len(totals), under=lines, yearly=True)


def _row(entry: Entry) -> tuple[Cell, ...]:
    figures = entry.figures
    investment: Cell = figures.get("investment")
    if not isinstance(investment, Figure):
        amounts = [
            figure
            for name, figure in figures.items()
            if name.startswith("investment.") and isinstance(figure, Figure)
        ]
        investment = amounts[0] if len(amounts) == 1 else investment
    return (
        harmless(entry.name) + entry.note,
        investment,
        figures.get("annual_saving"),
        entry.payback,
        figures.get("reductions.co2"),
    )


def sums_table(
    total: Total, names: Iterable[str], heading: str, language: str, of: int | None = None
) -> Table:
    """Every figure with its sum and how many enterprises report it; a figure in two currencies in two rows."""
    columns = (
        Column("figure", word("figure", language), is_text=True),
        Column("total", word("total", language)),
        Column("unit", word("unit", language), is_text=True),
        Column("reporting", word("reported-by", language), is_text=True),
    )
    rows = tuple(
        row
        for name in names
        if name in total.sums
        for row in _sum_rows(name, total.sums[name], language, of)
    )
    return Table("sums", heading, columns, rows, by_row=True, yearly=True)


def _sum_rows(name: str, found: Sum, language: str, of: int | None) -> Iterator[tuple[Cell, ...]]:
    reporting = word("n-of-m", language, n=found.reporting, m=of if of is not None else found.of)
    cells: Iterable[Reported] = found.amounts if len(found.amounts) > 1 else (found.figure,)
    for cell in cells:
        yield label_of(name, language), cell, None, reporting


def label_of(name: str, language: str) -> str:
    """A flat name in words: ``savings.energy`` is energy saving, ``investment.USD`` investment in USD."""
    head, _, rest = name.partition(".")
    if head == "investment" and rest:
        return word("investment-in", language, currency=rest)
    if head == "savings":
        return word("saving-of", language, category=word(rest, language))
    if head == "reductions":
        return word("reduction-of", language, what=word(rest, language))
    if head == "stated_reductions":
        return f"{word('reduction-of', language, what=word(rest, language))} ({word('stated', language)})"
    if head == "other_benefits":
        return f"{word('other-benefits', language)}: {word(rest, language)}"
    return word(LABELS.get(name, name), language)


LABELS = {
    "investment": "investment",
    "grant": "grant",
    "running_cost": "running-cost",
    "annual_saving": "gross-saving",
    "annual_net_saving": "net-saving",
    "consumption_saving": "material-water-energy-chemical",
}


def shown_names(total: Total) -> list[str]:
    """The figures of a page of totals: no working of emissions, no foreign currency where there is only one."""
    currencies = [name for name in total.sums if name.startswith("investment.")]
    return [
        name
        for name in total.sums
        if not name.startswith(("avoided_emissions.", "end_of_pipe."))
        and not (name.startswith("investment.") and len(currencies) == 1)
    ]


def cut(text: str, width: int = LONGEST_NAME_CELLS) -> str:
    """A name in at most ``width`` characters."""
    return text if len(text) <= width else text[: width - 1].rstrip() + "\u2026"
