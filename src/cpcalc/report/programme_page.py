"""A programme as a page: what it is, its totals, how they stand to the published ones, and what
they are made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme.money import Conversion, rates_that_differ
from cpcalc.programme.reconciliation import NOT_RECOMPUTED, Reconciled
from cpcalc.programme.result import PaybackClass, Pooled, ProgrammeResult
from cpcalc.programme.totals import Total
from cpcalc.report.enterprises import (
    NOT_MEASURED,
    EnterpriseEntry,
    cut,
    data_statuses,
    entry_of,
    label_of,
    money_table,
    paybacks,
    sums_table,
)
from cpcalc.report.layout import Block, Cell, Column, Heading, Notes, Pairs, Table, harmless
from cpcalc.report.numbers import SCALE_NAMES, share, shown
from cpcalc.report.words import number_word, sector_name, title, word, word_in
from cpcalc.schema.programme import Course
from cpcalc.units import ONE

# What a reader takes in at once; JSON and CSV have all.
MOST_MEASURES_SHOWN = 15
MOST_CONTRIBUTORS_SHOWN = 10
LONGEST_GROUP_CELLS = 20
LONGEST_COURSE_CELLS = 44


def programme_page(
    result: ProgrammeResult, waivers: Sequence[tuple[str, str]], refused: int, language: str
) -> Iterator[Block]:
    """The blocks of the page; ``refused`` is how many problems are errors."""
    counts = {status: total.enterprises for status, total in result.by_data_status.items()}
    yield Heading(
        harmless(title(result.programme.name, language)),
        f"{word('data-status', language)}: {data_statuses(counts, language)}",
        is_warning=bool(NOT_MEASURED & set(counts)),
    )
    yield Pairs("", tuple(_facts(result, language)))
    if result.enterprises:
        entries = [entry_of(line.member, line.figures, language) for line in result.enterprises]
        heading = word("enterprises-a-year", language)
        yield money_table(heading, "enterprise", entries, result.total, language)
    yield sums_table(result.total, language)
    yield paybacks(result.total, language, "payback-ratio")
    if result.reconciliation:
        yield _reconciliation(result.reconciliation, language)
    for key, totals in (
        ("province", result.by_province),
        ("sector", result.by_sector),
        ("data-status", result.by_data_status),
        ("status", result.by_status),
    ):
        yield _breakdown(key, totals, result, language)
    yield _training(result, language)
    if result.payback_classes:
        yield _classes(result.payback_classes, language)
    if result.contributors:
        yield _contributors(result, language)
    if result.pool:
        yield _pool(result.pool, language)
    yield Notes(tuple(_small_print(result, waivers, refused, language)))


def _amount(text: str, language: str) -> str:
    """An amount as the file has it, with its scale word in the language."""
    for name in SCALE_NAMES.values():
        text = text.replace(f"{name} ", f"{number_word(name, language)} ")
    return harmless(text)


def _facts(result: ProgrammeResult, language: str) -> Iterator[tuple[str, Cell]]:
    programme = result.programme
    if programme.sponsor is not None:
        yield word("sponsor", language), harmless(title(programme.sponsor, language))
    for number, agency in enumerate(programme.agencies or ()):
        yield ("" if number else word("agencies", language)), harmless(title(agency, language))
    if programme.period is not None:
        yield word("duration", language), f"{programme.period.from_} - {programme.period.to}"
    if programme.provinces:
        yield word("provinces", language), harmless(", ".join(programme.provinces))
    span = programme.baseline_periods
    periods = sorted({line.member.row.period for line in result.enterprises})
    if periods:
        together = (
            f" ({word('may-stand-together', language, span=f'{span.from_} - {span.to}')})"
            if span
            else ""
        )
        yield word("period", language), ", ".join(periods) + together
    for rate in result.rates:
        yield (
            word("rates", language),
            f"{shown(rate.rate, language)} ({rate.year}, {harmless(rate.source)})",
        )
    classes = programme.cost_classes
    if classes is not None:
        ends = "; ".join(
            f"{word(name, language)} <= {_amount(end.text, language)}"
            for name, end in (
                ("no-cost", classes.no_cost),
                ("low-cost", classes.low_cost),
                ("medium-cost", classes.medium_cost),
            )
        )
        source = f", {harmless(classes.source)}" if classes.source else ""
        yield word("cost-classes", language), f"{ends} ({classes.year}{source})"
    for item in programme.source or ():
        yield word("source", language), harmless(item.title)


# ---- reconciliation ------------------------------------------------------------------------------


def _reconciliation(lines: Sequence[Reconciled], language: str) -> Table:
    columns = (
        Column("figure", word("figure", language), is_text=True),
        Column("published", word("published-total", language)),
        Column("recomputed", word("recomputed", language)),
        Column("unit", word("unit", language), is_text=True),
        Column("difference", word("difference", language)),
        Column("within", word("within", language)),
        Column("outcome", word("outcome", language), is_text=True),
    )
    rows = tuple(_reconciled(line, language) for line in lines)
    notes = []
    if any(line.by_construction for line in lines):
        notes.append("* " + word("by-construction", language))
    if any(line.outcome == NOT_RECOMPUTED for line in lines):
        notes.append(word("not-recomputed", language))
    taken_as = word("taken-as", language)
    notes += [
        f"{_figure_name(line.figure, language)}: {taken_as} {title(line.entry.taken_as, language)}"
        for line in lines
        if line.entry.taken_as is not None
    ]
    notes += [
        f"{_figure_name(line.figure, language)}: {line.entry.not_reproduced}"
        for line in lines
        if line.entry.not_reproduced is not None
    ]
    heading = word("reconciliation", language)
    return Table(heading, columns, rows, notes=tuple(notes), by_row=True, yearly=True)


def _reconciled(line: Reconciled, language: str) -> tuple[Cell, ...]:
    outcome = word(f"outcome-{line.outcome}", language) + ("*" if line.by_construction else "")
    difference = share(line.share, language) if line.share is not None else ""
    within = share(line.within, language) if line.within else word("exact", language)
    return (
        _figure_name(line.figure, language),
        _cell(line.published),
        _cell(line.recomputed) if line.recomputed is not None else "",
        "" if line.published.unit is ONE else None,
        difference,
        within,
        outcome,
    )


def _cell(figure: Reported) -> Cell:
    """A count as plain digits; it has no unit to be scaled in."""
    if isinstance(figure, NotApplicable):
        return "-" if figure.because == "courses-not-published" else figure
    return f"{figure.value:.0f}" if figure.unit is ONE else figure


def _figure_name(path: str, language: str) -> str:
    if path.startswith("totals."):
        return label_of(path.removeprefix("totals."), language)
    return word(path, language)


# ---- breakdowns ----------------------------------------------------------------------------------


def _breakdown(
    key: str, totals: Mapping[str, Total], result: ProgrammeResult, language: str
) -> Table:
    entries = []
    for name, total in totals.items():
        known = sector_name(name, language) if key == "sector" else name
        label = word(name, language) if key in ("status", "data-status") else harmless(known)
        counted = word("n-of-m", language, n=total.enterprises, m=len(result.enterprises))
        shortened = cut(label or word("not-stated", language), LONGEST_GROUP_CELLS)
        entries.append(EnterpriseEntry(f"{shortened} ({counted})", total.figures))
    heading = word(f"by-{key}", language)
    return money_table(heading, key, entries, result.total, language)


def _training(result: ProgrammeResult, language: str) -> Block:
    rows: list[tuple[str, Cell]] = []
    published = {line.figure: line for line in result.reconciliation}
    for name, figure in result.training.items():
        line = published.get(f"training.{name}")
        if isinstance(figure, Figure):
            rows.append((word(f"training.{name}", language), f"{figure.value:.0f}"))
        elif line is not None:
            text = word("published-as-total", language, total=line.published_text)
            rows.append((word(f"training.{name}", language), text))
        else:
            shown_as = figure if figure.missing else word("not-published", language)
            rows.append((word(f"training.{name}", language), shown_as))
    rows += [
        (f"  {_course(course, language)}", _participants(course, language))
        for course in result.courses
    ]
    notes = result.programme.training.notes if result.programme.training is not None else None
    if notes is not None:
        rows.append(("", harmless(title(notes, language))))
    return Pairs(word("training", language), tuple(rows))


def _course(course: Course, language: str) -> str:
    name = (
        title(course.title, language)
        if course.title is not None
        else word("title-not-published", language)
    )
    return cut(
        harmless(", ".join(str(part) for part in (name, course.date, course.province) if part)), 44
    )


def _participants(course: Course, language: str) -> str:
    people = course.participants
    if people is None:
        return word("not-published", language)
    parts = [
        f"{word(f'training.{name}', language)}: {number}"
        for name, number in (
            ("women", people.women),
            ("men", people.men),
            ("unstated", people.unstated),
        )
        if number is not None
    ]
    days = f"; {word('days', language, count=course.days)}" if course.days is not None else ""
    return f"{people.number}" + (f" ({', '.join(parts)})" if parts else "") + days


# ---- measures ------------------------------------------------------------------------------------


def _classes(classes: Sequence[PaybackClass], language: str) -> Table:
    columns = (
        Column("class", word("payback", language), is_text=True),
        Column("measures", word("measures-word", language)),
        Column("investment", word("investment", language)),
        Column("annual_saving", word("annual-saving", language)),
    )
    rows = tuple(
        (
            word(f"class-{item.name}", language),
            str(item.measures),
            item.total.figure("investment"),
            item.total.figure("annual_saving"),
        )
        for item in classes
    )
    return Table(word("payback-classes", language), columns, rows, yearly=True)


def _contributors(result: ProgrammeResult, language: str) -> Table:
    columns = (
        Column("enterprise", word("enterprise", language), is_text=True),
        Column("annual_saving", word("annual-saving", language)),
        Column("share", "%"),
        Column("cumulative", word("cumulative", language)),
    )
    rows = tuple(
        (
            item.enterprise,
            item.annual_saving,
            share(item.share, language),
            share(item.cumulative, language),
        )
        for item in result.contributors[:MOST_CONTRIBUTORS_SHOWN]
    )
    more = len(result.contributors) - len(rows)
    notes = (word("more", language, count=more),) if more > 0 else ()
    return Table(word("contributors", language), columns, rows, notes=notes, yearly=True)


def _pool(pool: Sequence[Pooled], language: str) -> Table:
    with_npv = any(isinstance(item.figures.get("npv"), Figure) for item in pool)
    columns = [
        Column("measure", word("measure", language), is_text=True),
        Column("investment", word("investment", language)),
        Column("annual_saving", word("annual-saving", language)),
        Column("simple_payback", word("payback", language)),
        Column("co2", word("co2", language)),
    ]
    if with_npv:
        columns.insert(1, Column("npv", word("npv", language)))
    rows, under = [], []
    for item in pool[:MOST_MEASURES_SHOWN]:
        figures = item.figures
        cells: list[Cell] = [
            harmless(f"{item.enterprise}  {item.id}"),
            figures.get("investment"),
            figures.get("annual_saving"),
            figures.get("simple_payback"),
            figures.get("reductions.co2"),
        ]
        if with_npv:
            cells.insert(1, figures.get("npv"))
        rows.append(tuple(cells))
        under.append(harmless(title(item.title, language)))
    notes = [word("ranked-by-npv" if with_npv else "ranked-by-saving", language)]
    if len(pool) > len(rows):
        notes.append(word("more", language, count=len(pool) - len(rows)))
    heading = word("pooled-measures", language)
    return Table(
        heading, tuple(columns), tuple(rows), notes=tuple(notes), under=tuple(under),
        yearly=True
    )  # fmt: skip


def _own_rates(result: ProgrammeResult, language: str) -> Iterator[str]:
    """Where the programme's rate replaces that of its files: why its money is not the sum that a
    batch shows."""
    conversion = Conversion(
        result.programme.currency, {rate.currency: rate for rate in result.rates}
    )
    for difference in rates_that_differ([line.member for line in result.enterprises], conversion):
        yield word("own-rate", language, **difference.values)


def _small_print(
    result: ProgrammeResult, waivers: Sequence[tuple[str, str]], refused: int, language: str
) -> Iterator[str]:
    if result.tiers:
        parts = ", ".join(
            f"{word_in('tier', name, language)} {share(part, language)}"
            for name, part in result.tiers.items()
        )
        yield f"{word('estimates', language)}: {parts}"
    if result.data_shares:
        parts = ", ".join(
            f"{word(name, language)} {share(part, language)}"
            for name, part in result.data_shares.items()
        )
        yield f"{word('saving-by-data-status', language)}: {parts}"
    if result.unverified:
        names = dict.fromkeys(name.partition("#")[0] for name in result.unverified)
        yield word("unverified", language, factors=", ".join(names))
    yield word("n-of-m-meaning", language)
    yield from _own_rates(result, language)
    if result.not_counted:
        yield word("failed", language, count=len(result.not_counted))
    for waived, because in waivers:
        yield word("waived", language, check=waived, because=harmless(because))
    if result.programme.notes is not None:
        yield harmless(title(result.programme.notes, language))
    if refused:
        yield word("programme-errors", language, count=refused)
    of_files = sum(line.member.row.identities for line in result.enterprises)
    holding = sum(line.member.row.identities_holding for line in result.enterprises)
    yield word("identities-of-files", language, holding=holding, all=of_files)
    own = sum(item.holds for item in result.identities)
    yield word("proof-of-totals", language, holding=own, all=len(result.identities))
