"""The report of assessments as a document: the answer first, then six chapters and the annexes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from cpcalc import results
from cpcalc.figures import Figure
from cpcalc.report import economics, summary, tables
from cpcalc.report.layout import (
    Block,
    Cell,
    Chapter,
    Chart,
    Column,
    Fold,
    Heading,
    Notes,
    Pair,
    Pairs,
    Part,
    Prose,
    Table,
    Working,
    harmless,
    pair_text,
    prose,
)
from cpcalc.report.numbers import share, shown
from cpcalc.report.why import Sources, why_lines
from cpcalc.report.writers import Report
from cpcalc.results import AssessmentResult, Economics, Line, MeasureResult
from cpcalc.schema.assessment import COST_CLASSES, TYPES, Measure
from cpcalc.texts import title, word

# The figures of a line whose workings stand in the annex.
HEADLINES = (
    "investment", "annual_saving", "annual_net_saving", "simple_payback", "reductions.",
    "economics.npv", "economics.irr", "economics.discounted_payback",
)  # fmt: skip
ANSWERS = {
    "answer-investment": "investment", "answer-payback": "simple_payback",
    "answer-co2": "reductions.co2", "answer-npv": "economics.npv",
}  # fmt: skip
ESTIMATED = ("estimated", "default")


class Told(NamedTuple):
    """A result with the sources that its workings name."""

    result: AssessmentResult
    sources: Sources


def assessment_report(told: Sequence[Told], combined: Iterable[Block], language: str) -> Report:
    """The report of one assessment; of several one after the other, what they add up to first."""
    parts: list[Part] = [] if len(told) == 1 else list(combined)
    for item in told:
        parts += assessment_parts(item, language)
    heads = [part for part in parts if isinstance(part, Heading)]
    words = told[0].result.file.report
    author = words.author if words is not None and len(told) == 1 else None
    return Report(
        heads[0].text,
        heads[0].under,
        any(head.is_warning for head in heads),
        language,
        parts,
        harmless(title(author, language)) if author else "",
        [item.result for item in told],
    )


def assessment_parts(told: Told, language: str) -> Iterator[Part]:
    """All parts of the report of one assessment."""
    result = told.result
    yield tables.heading(result, language)._replace(under=status_of(result, language))
    yield from _summary(result, language)
    yield Chapter(word("chapter-1", language))
    yield from _enterprise(result, language)
    yield Chapter(word("chapter-2", language))
    yield from _production(result, language)
    yield Chapter(word("chapter-3", language))
    yield from _losses(result, language)
    yield Chapter(word("chapter-4", language))
    yield from _screening(result, language)
    yield Chapter(word("chapter-5", language))
    for measure in result.measures:
        yield from _feasibility(result, measure, language)
    yield Chapter(word("chapter-6", language))
    yield from _plan(result, language)
    yield from _annexes(told, language)


def status_of(result: AssessmentResult, language: str) -> str:
    """What kind of data all rests on, and what else makes the figures less than certain."""
    figures = [*results.figures_of(result.totals).values()]
    estimated = sum(result.qualities.get(tier, 0.0) for tier in ESTIMATED)
    marks = {
        "status-partial": any(getattr(figure, "is_partial", False) for figure in figures),
        "status-bounds": any(getattr(figure, "bound", None) for figure in figures),
        "status-estimated": estimated > 0,
        "status-unverified": any(used.quality == "unverified" for used in result.factors),
    }
    said = [word(mark, language) for mark, holds in marks.items() if holds]
    kind = f"{word('data-status', language)}: {word(result.data_status, language)}"
    return "; ".join([kind, *said])


def _texts(words: Mapping[str, str] | None, language: str) -> Iterator[Prose]:
    if words is not None:
        yield prose(title(words, language))


# ---- the answer ----------------------------------------------------------------------------------


def _summary(result: AssessmentResult, language: str) -> Iterator[Part]:
    yield Chapter(word("summary", language))
    yield Prose([" ".join(_answer(result.totals, language))])
    pairs = [
        *summary.total_pairs(result.totals, language),
        *tables.labelled(result.totals.reductions, language),
    ]
    yield Pairs(word("totals", language), pairs)
    if notes := list(tables.mark_notes([Pairs("", pairs)], language)):
        yield Notes(notes)
    words = result.file.report
    if words is not None and words.conclusions is not None:
        yield Chapter(word("conclusions", language), 2)
        yield from _texts(words.conclusions, language)


def _answer(line: Line, language: str) -> Iterator[str]:
    """What it brings, what it costs and when it is back, in one sentence each."""
    figures = results.figures_of(line)
    saving, count = line.annual_saving, line.measures_counted or 0
    what = "answer-saving" if isinstance(saving, Figure) else "answer-none"
    yield word(what, language, count=count, saving=pair_text(saving, language))
    for key, name in ANSWERS.items():
        figure = figures.get(name)
        if isinstance(figure, Figure):
            yield word(key, language, figure=shown(figure, language))


# ---- the chapters --------------------------------------------------------------------------------


def _enterprise(result: AssessmentResult, language: str) -> Iterator[Part]:
    file = result.file
    words, enterprise = file.report, file.enterprise
    if words is not None:
        yield from _texts(words.introduction, language)
    pairs = list(summary.who(result, language))
    stated = {"employees": enterprise.employees, "founded": enterprise.founded}
    pairs += tables.labelled({key: str(item or "") for key, item in stated.items()}, language)
    if words is not None:
        people = [title(person, language) for person in words.team or ()]
        said = {"author": words.author and title(words.author, language)}
        said |= {"team": ", ".join(people), "date": words.date}
        texts = {key: harmless(item or "") for key, item in said.items()}
        pairs += tables.labelled(texts, language)
    counted = str(result.totals.measures_counted or 0)
    pairs.append((word("scope", language), word("measures-counted", language, count=counted)))
    yield Pairs("", pairs)
    yield from _texts(enterprise.notes, language)
    if words is not None and words.process_description is not None:
        yield Chapter(word("process", language), 2)
        yield from _texts(words.process_description, language)


def _production(result: AssessmentResult, language: str) -> Iterator[Part]:
    rows = [
        (
            harmless(title(item.name or {"": item.id}, language)),
            *(harmless(size.text) if size else "" for size in (item.output, item.capacity)),
        )
        for item in result.file.products or ()
    ]
    if rows:
        keys = ("product", "output", "capacity")
        yield Table(word("products", language), tables.mixed(keys, keys, language), rows)
    streams: list[Block] = list(summary.stream_tables(result, language))
    yield from streams or [Notes([word("no-streams", language)])]


def _losses(result: AssessmentResult, language: str) -> Iterator[Part]:
    yield Prose([word("losses-note", language)])


def _screening(result: AssessmentResult, language: str) -> Iterator[Part]:
    """How many measures are of each type and cost class; what each is, brings and avoids."""
    counts = Counter((item.type or "", item.cost_class or "") for item in result.measures)
    types = [name for name in (*TYPES, "") if any(kind == name for kind, _ in counts)]
    classes = [name for name in (*COST_CLASSES, "") if any(cost == name for _, cost in counts)]
    if types:
        label = {"": word("not-stated", language)}
        columns = [Column("type", word("measure-type", language), is_text=True)]
        columns += [Column(name, label.get(name) or word(name, language)) for name in classes]
        rows = []
        for kind in types:
            numbers = [str(counts[kind, cost] or "") for cost in classes]
            rows.append((label.get(kind) or word(kind, language), *numbers))
        yield Table(word("types-and-classes", language), columns, rows)
    blocks = [
        *summary.measure_tables(result, language),
        *summary.interaction(result, language),
    ]
    yield from blocks
    if notes := list(tables.mark_notes(blocks, language)):
        yield Notes(notes)


def _feasibility(result: AssessmentResult, measure: MeasureResult, language: str) -> Iterator[Part]:
    """One measure on half a page: the technical note, its money and its environment."""
    stated = _as_written(result, measure)
    yield Chapter(f"{measure.id}: {harmless(title(measure.title, language))}", 2)
    yield from _texts(stated.note or stated.notes, language)
    line = measure.line
    kinds = {"measure-type": measure.type, "cost-class": measure.cost_class}
    pairs: list[Pair] = [
        (word(key, language), word(kind, language)) for key, kind in kinds.items() if kind
    ]
    pairs += economics.measure_money(measure, language)
    if isinstance(line.economics, Economics):
        cells = economics.cells_of(line.economics, ("npv", "irr", "discounted_payback"), language)
        pairs += tables.labelled(cells, language)
    blocks = [Pairs(word("money-of", language), pairs), *economics.reductions(line, language)]
    notes = [] if measure.in_bundle else [word("outside", language)]
    yield from blocks
    if notes := [*notes, *tables.mark_notes(blocks, language)]:
        yield Notes(notes)


def _as_written(result: AssessmentResult, measure: MeasureResult) -> Measure:
    return next(item for item in result.file.measures or () if item.id == measure.id)


def _plan(result: AssessmentResult, language: str) -> Iterator[Part]:
    """In what order who does what by when; what was achieved."""
    keys = ("measure", "status", "investment", "responsible", "due")
    rows = []
    for measure in result.measures:
        stated, investment = _as_written(result, measure), measure.line.investment
        responsible = harmless(title(stated.responsible, language)) if stated.responsible else ""
        cost = tables.investment_cell(investment)
        rows.append((measure.id, word(measure.status, language), cost, responsible, stated.due))
    if rows:
        columns = tables.mixed(("measure", "status", "responsible", "due"), keys, language)
        under = [harmless(title(item.title, language)) for item in result.measures]
        yield Table(word("plan", language), columns, rows, under=under)
    yield from summary.by_status(result, language)
    verified = [
        (item.id, item.predicted_saving, item.line.annual_saving, share(part.value, language))
        for item in result.measures
        if isinstance(part := item.realisation, Figure)
    ]
    if verified:
        columns = tables.headed("measure", ("predicted", "achieved", "%"), language)
        yield Table(word("achieved-results", language), columns, verified, yearly=True)


# ---- annexes -------------------------------------------------------------------------------------


def _annexes(told: Told, language: str) -> Iterator[Part]:
    result = told.result
    annexes: dict[str, Sequence[Part]] = {
        "annex-economics": list(_economics(result, language)),
        "annex-factors": list(_factors(result, language)),
        "annex-assumptions": [Pairs("", list(summary.rests_on(result, language)))],
        "annex-quality": [Notes(list(summary.small_print(result, language)))],
        "annex-workings": list(_workings(told, language)),
        "annex-identities": list(_proofs(result, language)),
    }
    shown_ones = [(key, parts) for key, parts in annexes.items() if parts]
    for letter, (key, parts) in zip("ABCDEF", shown_ones, strict=False):
        yield Chapter(f"{word('annex', language)} {letter}  {word(key, language)}")
        yield from parts


def _economics(result: AssessmentResult, language: str) -> Iterator[Part]:
    if result.basis.discount_rate is None:
        return
    for block in economics.economics_page(result, language):
        if not isinstance(block, Chart):
            yield block
    for measure in result.measures:
        name = f"{measure.id}: {harmless(title(measure.title, language))}"
        if isinstance(measure.line.economics, Economics):
            label = word("one", language, measure=measure.id)
            blocks = economics.project(label, measure.line, language, in_full=True)
            yield Fold(name, [block for block in blocks if not isinstance(block, Chart)])


def _factors(result: AssessmentResult, language: str) -> Iterator[Part]:
    keys = ("factor", "value", "source", "row-quality")
    rows = [
        (harmless(used.reference), used.text, harmless(used.citation),
         word("row-verified" if used.quality == "verified" else "row-unverified", language))
        for used in result.factors
    ]  # fmt: skip
    if rows:
        columns = [column._replace(is_wrapped=column.key == "source")
                   for column in tables.mixed(keys, keys, language)]  # fmt: skip
        yield Table(word("factors-used", language), columns, rows)


def _workings(told: Told, language: str) -> Iterator[Part]:
    """How each headline figure comes about; a step that stands above is not said again."""
    known: dict[int, str] = {}
    result = told.result
    lines = [(f"measures.{item.id}", item.line) for item in result.measures]
    lines += [(f"groups.{item.id}", item.line) for item in result.groups]
    for place, line in [*lines, ("totals", result.totals)]:
        workings = []
        for key, figure in results.figures_of(line).items():
            if isinstance(figure, Figure) and key.startswith(HEADLINES):
                name = f"{place}.{key}"
                steps = list(why_lines(name, figure, told.sources, language, known))
                workings.append(Working(name, figure, steps))
        if workings:
            yield Fold(place, workings)


def _proofs(result: AssessmentResult, language: str) -> Iterator[Part]:
    holding = sum(item.holds for item in result.identities)
    if result.identities:
        yield Notes([word("identities", language, holding=holding, all=len(result.identities))])
    rows: list[Sequence[Cell]] = []
    for item in result.expectations:
        outcome = word(f"expected-{item.outcome}", language)
        rows.append((item.figure, harmless(item.expected), item.found or "", outcome))
    if rows:
        keys = ("figure", "expected", "found", "outcome")
        yield Table(word("expected-figures", language), tables.mixed(keys, keys, language), rows)
