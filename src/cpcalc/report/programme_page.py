"""A programme as a page: what it is, its totals, how they stand to the published ones, and what
they are made of."""

from collections.abc import Iterator, Mapping, Sequence

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme import rates_that_differ
from cpcalc.programme.reconciliation import NOT_RECOMPUTED, Reconciled
from cpcalc.programme.result import ProgrammeResult, courses_of
from cpcalc.programme.totals import Total
from cpcalc.report import charts, enterprises, layout, tables
from cpcalc.report.layout import Cell, Heading, Marked, Notes, Pair, Pairs, Table, harmless
from cpcalc.report.numbers import share, shown
from cpcalc.rows import Part
from cpcalc.schema.programme import Course
from cpcalc.texts import sector_name, title, word
from cpcalc.units import ONE

# What a reader takes in at once; JSON and CSV have all.
MOST_MEASURES_SHOWN = 15
MOST_CONTRIBUTORS_SHOWN = 10
LONGEST_GROUP_CELLS = 20
LONGEST_COURSE_CELLS = 44


def programme_page(
    result: ProgrammeResult, waivers: Sequence[tuple[str, str]], refused: int, language: str
) -> Iterator[layout.Part]:
    """The parts of the page, with the chapters of its report; ``refused`` is how many problems
    are errors."""
    by_status, total = result.breakdowns["data_status"], result.total
    counts = {status: part.enterprises for status, part in by_status.items()}
    kinds = enterprises.data_statuses(counts, language)

    yield Heading(
        harmless(title(result.programme.name, language)),
        tables.status_line(kinds, total.figures, result.qualities, result.unverified, language),
        is_warning=bool(enterprises.NOT_MEASURED & set(counts)),
    )
    yield layout.Chapter(word("summary", language))
    yield tables.answer("answer-enterprises", len(result.enterprises), total.figures, language)
    saving = total.figures.get("annual_saving")
    shown_bars: dict[str, list[tuple[str, object]]] = {
        "contributors-chart": [(one.enterprise, one.annual_saving) for one in result.contributors],
        "sectors-chart": [
            (sector_name(name, language), one.figure("annual_saving"))
            for name, one in result.breakdowns["sector"].items()
        ],
        "paybacks-chart": [
            (f"{word(f'class-{name}', language)} ({one.enterprises})", one.figure("annual_saving"))
            for name, one in result.payback_classes.items()
        ],
    }
    for key, bars in shown_bars.items():
        yield from charts.waterfall(key, bars, saving, language)
    yield layout.Chapter(word("programme-1", language))
    yield Pairs("", _facts(result, language))
    yield layout.Chapter(word("programme-2", language))
    if result.enterprises:
        rows = [
            enterprises.money_row(enterprises.named(line, language), line.figures)
            for line in result.enterprises
        ]
        yield enterprises.money_table("enterprises-a-year", "enterprise", rows, total, language)
    yield enterprises.sums_table(total, language)
    yield enterprises.paybacks(total, language, "payback-ratio")
    yield from tables.kept([_reconciliation(result.reconciliation, language)])
    yield layout.Chapter(word("programme-3", language))
    for kind in result.breakdowns:
        yield _breakdown(kind, result, language)
    yield _training(result, language)
    yield layout.Chapter(word("programme-4", language))
    classes = _classes(result.payback_classes, language)
    yield from tables.kept([classes, _contributors(result, language), _pool(result.pool, language)])
    yield layout.Chapter(word("programme-5", language))
    yield Notes(tuple(_small_print(result, waivers, refused, language)))


def _facts(result: ProgrammeResult, language: str) -> list[Pair]:
    programme, classes = result.programme, result.programme.cost_classes
    periods = ", ".join(sorted({line.row.period for line in result.enterprises}))
    lasted, span = programme.period, programme.baseline_periods
    if periods and span is not None:
        years = f"{span.from_} - {span.to}"
        periods += f" ({word('may-stand-together', language, span=years)})"
    said: list[tuple[str, str]] = [
        *(("sponsor", title(name, language)) for name in filter(None, [programme.sponsor])),
        *(("agencies", title(name, language)) for name in programme.agencies or ()),
        ("duration", f"{lasted.from_} - {lasted.to}" if lasted else ""),
        ("provinces", ", ".join(programme.provinces or ())),
        ("period", periods),
        *(
            ("rates", f"{shown(one, language)} ({year}, {source})")
            for _, one, year, source in result.rates
        ),
    ]
    if classes is not None:
        ends = [
            f"{word(name, language)} <= {shown(tables.figure_of(end), language)}"
            for name, end in classes.ends().items()
        ]
        about = ", ".join(filter(None, (str(classes.year), classes.source)))
        said.append(("cost-classes", f"{'; '.join(ends)} ({about})"))
    said += [("source", item.title) for item in programme.source or ()]
    return [(word(key, language), harmless(text)) for key, text in said if text]


# ---- reconciliation ------------------------------------------------------------------------------


def _reconciliation(lines: Sequence[Reconciled], language: str) -> Table:
    keys = (
        "figure", "published-total", "recomputed", "unit", "difference", "within", "outcome",
    )  # fmt: skip
    notes = []
    if any(line.outcome == NOT_RECOMPUTED for line in lines):
        notes.append(word("not-recomputed", language))
    for line in lines:
        taken_as, because = line.entry.taken_as, line.entry.not_reproduced
        taken = f"{word('taken-as', language)} {title(taken_as, language)}" if taken_as else None
        said = filter(None, (taken, because))
        notes += [f"{_figure_name(line.figure, language)}: {text}" for text in said]
    rows = [_reconciled(line, language) for line in lines]
    more = {"notes": notes, "by_row": True, "yearly": True}
    return tables.table("reconciliation", keys, rows, language, ("unit", "outcome"), **more)


def _reconciled(line: Reconciled, language: str) -> tuple[Cell, ...]:
    mark = tables.CONSTRUCTED if line.by_construction else ""
    outcome = Marked(word(f"outcome-{line.outcome}", language), mark)
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
        return tables.label_of(path.removeprefix("totals."), language)
    return word(path, language)


# ---- breakdowns ----------------------------------------------------------------------------------


def _breakdown(kind: str, result: ProgrammeResult, language: str) -> Table:
    key, rows = kind.replace("_", "-"), []
    for name, part in result.breakdowns[kind].items():
        known = sector_name(name, language) if key == "sector" else name
        label = word(name, language) if key in ("status", "data-status") else harmless(known)
        counted = word("n-of-m", language, n=part.enterprises, m=len(result.enterprises))
        shortened = tables.cut(label or word("not-stated", language), LONGEST_GROUP_CELLS)
        rows.append(enterprises.money_row(f"{shortened} ({counted})", part.figures))
    return enterprises.money_table(f"by-{key}", key, rows, result.total, language)


def _training(result: ProgrammeResult, language: str) -> layout.Block:
    rows: list[Pair] = []
    published = {line.figure: line for line in result.reconciliation}
    for name, figure in result.training.items():
        line = published.get(f"training.{name}")
        cell: Cell = figure
        if isinstance(figure, Figure):
            cell = f"{figure.value:.0f}"
        elif line is not None:
            cell = word("published-as-total", language, total=line.published_text)
        elif not figure.missing:
            cell = word("not-published", language)
        rows.append((word(f"training.{name}", language), cell))
    courses = courses_of(result.programme)
    rows += [(f"  {_course(item, language)}", _participants(item, language)) for item in courses]
    training = result.programme.training
    if training is not None and training.notes is not None:
        rows.append(("", harmless(title(training.notes, language))))
    return Pairs(word("training", language), rows)


def _course(course: Course, language: str) -> str:
    untitled = word("title-not-published", language)
    name = untitled if course.title is None else title(course.title, language)
    parts = [str(part) for part in (name, course.date, course.province) if part]
    return tables.cut(harmless(", ".join(parts)), LONGEST_COURSE_CELLS)


def _participants(course: Course, language: str) -> str:
    people = course.participants
    if people is None:
        return word("not-published", language)
    parts = [
        f"{word(f'training.{name}', language)}: {getattr(people, name)}"
        for name in ("women", "men", "unstated")
        if getattr(people, name) is not None
    ]
    days = f"; {word('days', language, count=course.days)}" if course.days is not None else ""
    return f"{people.number}" + (f" ({', '.join(parts)})" if parts else "") + days


# ---- measures ------------------------------------------------------------------------------------


def _classes(classes: Mapping[str, Total], language: str) -> Table:
    keys, rows = ("payback", "measures-word", "investment", "annual-saving"), list[Sequence[Cell]]()
    for name, total in classes.items():
        money = map(total.figure, ("investment", "annual_saving"))
        rows.append((word(f"class-{name}", language), str(total.enterprises), *money))
    return tables.table("payback-classes", keys, rows, language, yearly=True)


def _contributors(result: ProgrammeResult, language: str) -> Table:
    rows = [
        (name, saving, share(part, language), share(cumulative, language))
        for name, saving, part, cumulative in result.contributors[:MOST_CONTRIBUTORS_SHOWN]
    ]
    keys = ("enterprise", "annual-saving", "%", "cumulative")
    notes = [*_more(result.contributors, rows, language)]
    return tables.table("contributors", keys, rows, language, notes=notes, yearly=True)


def _more(items: Sequence[object], rows: Sequence[object], language: str) -> Iterator[str]:
    """How many are not shown."""
    if len(items) > len(rows):
        yield word("more", language, count=len(items) - len(rows))


def _pool(pool: Sequence[Part], language: str) -> Table:
    with_npv = any(isinstance(item.figures.get("npv"), Figure) for item in pool)
    figures = {"npv": "npv", **enterprises.MONEY} if with_npv else enterprises.MONEY
    first = pool[:MOST_MEASURES_SHOWN]
    rows = [
        (harmless(f"{item.enterprise}  {item.id}"), *map(item.figures.get, figures.values()))
        for item in first
    ]
    ranked = word("ranked-by-npv" if with_npv else "ranked-by-saving", language)
    keys, notes = ("measure", *figures), (ranked, *_more(pool, rows, language))
    pooled = tables.table("pooled-measures", keys, rows, language, notes=notes, yearly=True)
    return pooled._replace(under=[harmless(title(item.title, language)) for item in first])


def _small_print(
    result: ProgrammeResult, waivers: Sequence[tuple[str, str]], refused: int, language: str
) -> Iterator[str]:
    yield from tables.quality_notes(result.qualities, language)
    if result.data_shares:
        yield tables.shares("saving-by-data-status", result.data_shares, language)
    if result.unverified:
        names = dict.fromkeys(name.partition("#")[0] for name in result.unverified)
        yield word("unverified", language, factors=", ".join(names))
    yield word("n-of-m-meaning", language)
    periods = [line.row.period for line in result.enterprises]
    yield from enterprises.face_values(periods, language)
    currency = result.programme.currency
    for difference in rates_that_differ(result.enterprises, currency, result.rates):
        # why its money is not the sum that a batch shows
        yield word("own-rate", language, **difference.values)
    if result.not_counted:
        yield word("failed", language, count=len(result.not_counted))
    for waived, because in waivers:
        yield word("waived", language, check=waived, because=harmless(because))
    if result.programme.notes is not None:
        yield harmless(title(result.programme.notes, language))
    if refused:
        yield word("programme-errors", language, count=refused)
    of_files = sum(line.row.identities for line in result.enterprises)
    holding = sum(line.row.identities_holding for line in result.enterprises)
    yield word("identities-of-files", language, holding=holding, all=of_files)
    own = sum(item.holds for item in result.identities)
    yield word("proof-of-totals", language, holding=own, all=len(result.identities))
