"""The report of assessments: the answer first, then six chapters and the annexes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from cpcalc import results
from cpcalc.figures import Figure
from cpcalc.quantities import Quantity
from cpcalc.report import charts, economics, layout, plant, summary, tables
from cpcalc.report.layout import Block, Cell, Chapter, Notes, Pair, Pairs, Part, harmless
from cpcalc.report.numbers import cited, share, shown
from cpcalc.report.why import Sources, why_lines
from cpcalc.report.writers import Report, page_report
from cpcalc.results import AssessmentResult, Economics, MeasureResult
from cpcalc.rows import MeasureOrGroup, bundle_of
from cpcalc.schema.assessment import Effect, Measure
from cpcalc.schema.basis import ReportWords
from cpcalc.texts import title, word

# The figures of a line whose workings stand in the annex.
HEADLINES = re.compile(
    r"investment.*|annual_(net_)?saving|simple_payback|reductions\..*"
    r"|economics\.(npv|irr|discounted_payback)"
)
# What goes in and what comes out, by unit: kinds of streams.
BALANCES = {
    "energy-balance": ("kWh/year", ("energy",), ()),
    "water-balance": ("m3/year", ("water",), ("wastewater",)),
    "material-balance": ("t/year", ("material", "chemical"),
        ("by-product", "solid-waste", "chemical-waste")),
}  # fmt: skip
EFFECTS = (
    "reduces", "by", "load", "control", "reduce", "increase", "from_", "to", "measured", "during",
    "move_to", "replace_by", "share", "hours",
)  # fmt: skip
LOST = frozenset({"wastewater", "solid-waste", "chemical-waste"})
_POINT = re.compile(r"\s*(?:[-*\u2022]\s+|(?=[0-9]+[.)]\s))")


def as_prose(text: str) -> layout.Prose:
    """A text as people type it: empty lines part paragraphs, and a line that begins with ``- `` or
    a number is a point of a list."""
    parts: list[str | tuple[str, ...]] = []
    for block in re.split(r"\n\s*\n", text.strip()):
        for is_list, lines in groupby(block.splitlines(), lambda line: bool(_POINT.match(line))):
            said = [layout.in_one_line(_POINT.sub("", line, count=1)) for line in lines]
            parts += [tuple(said)] if is_list else [" ".join(said)]
    return layout.Prose(parts)


class Told(NamedTuple):
    """A result with the sources that its workings name, and the language of its report."""

    result: AssessmentResult
    sources: Sources
    language: str

    @property
    def words(self) -> ReportWords:
        """The words of its authors, where there are any."""
        return self.result.file.report or ReportWords()

    def written(self, measure: MeasureResult) -> Measure:
        """A measure as the file writes it."""
        return next(item for item in self.result.file.measures or () if item.id == measure.id)

    def prose(self, words: Mapping[str, str] | None, heading: str = "") -> Iterator[Part]:
        """A text of the file, where it has one, under a heading."""
        if words is not None:
            yield from [Chapter(word(heading, self.language), 2)] if heading else []
            yield as_prose(title(words, self.language))

    def said(self, value: Any) -> str:
        """A quantity or a word of the file in the language."""
        if isinstance(value, Quantity):
            return shown(tables.figure_of(value), self.language)
        return harmless(word(str(value), self.language))

    def plain(self, words: Mapping[str, str] | None) -> str:
        """A short text of the file; nothing where it has none."""
        return layout.in_one_line(title(words, self.language)) if words else ""


def assessment_report(
    told: Sequence[Told], combined: Iterable[Iterable[Block]], language: str
) -> Report:
    """The report of one assessment; of several one after the other, what they add up to first."""
    pages = [*combined, *map(_assessment, told)]
    author = told[0].plain(told[0].words.author) if len(told) == 1 else ""
    items = [item.result for item in told]
    return page_report(pages, language)._replace(author=author, assessments=items)


def _assessment(told: Told) -> Iterator[Part]:
    """The head, and each chapter with what its marks mean."""
    language = told.language
    yield tables.heading(told.result, language)
    for name, chapter in CHAPTERS.items():
        yield Chapter(word(name, language))
        parts = tables.kept(chapter(told))
        yield from tables.noted(parts or [Notes([word("nothing-stated", language)])], language)


# ---- the chapters --------------------------------------------------------------------------------


def _summary(told: Told) -> Iterator[Part]:
    line, language = told.result.totals, told.language
    if told.result.basis.discount_rate is None:  # nobody asked for what needs one
        line = line._replace(economics=None)
    figures = results.figures_of(line)
    yield tables.answer("answer-saving", line.measures_counted or 0, figures, language)
    yield Pairs(word("totals", language), [*summary.total_pairs(told.result, line, language)])
    yield from economics.reductions(line, language)
    yield from tables.uncertainty_table(line, language)
    yield from _charts(told)
    yield from told.prose(told.words.conclusions, "conclusions")


def _charts(told: Told) -> Iterator[Part]:
    """What each measure saves and avoids, and how soon it is paid back."""
    bundle, totals = bundle_of(told.result.measures, told.result.groups), told.result.totals
    counted: list[MeasureOrGroup] = [*bundle.groups, *bundle.alone]
    lines = [(item.id, item.line) for item in counted]
    savings = [(name, line.annual_saving) for name, line in lines]
    plant, saving = told.result.baseline, totals.annual_saving
    bill, co2 = (plant.bill, plant.pollution.get("co2")) if plant else (None, None)
    yield from charts.waterfall("savings-chart", savings, saving, told.language, bill)
    points = [
        (name, line.investment and line.investment.converted, line.simple_payback)
        for name, line in lines
    ]
    yield from charts.paybacks(points, told.language)
    avoided = [(name, line.reductions.get("co2")) for name, line in lines]
    whole = totals.reductions.get("co2")
    yield from charts.waterfall("co2-chart", avoided, whole, told.language, co2)


def _enterprise(told: Told) -> Iterator[Part]:
    words, enterprise, language = told.words, told.result.file.enterprise, told.language
    yield from told.prose(words.introduction)
    said: dict[str, Cell] = {
        "employees": str(enterprise.employees or ""),
        "founded": str(enterprise.founded or ""),
        "author": told.plain(words.author),
        "team": ", ".join(map(told.plain, words.team or ())),
        "date": words.date,
        "measures-counted": str(told.result.totals.measures_counted or 0),
    }
    yield Pairs("", [*summary.who(told.result, language), *tables.labelled(said, language)])
    yield from told.prose(enterprise.notes)
    yield from told.prose(words.process_description, "process")


def _production(told: Told) -> Iterator[Part]:
    rows = []
    for item in told.result.file.products or ():
        sizes = [told.said(size) if size else None for size in (item.output, item.capacity)]
        rows.append((told.plain(item.name or {"": item.id}), *sizes))
    keys = ("product", "output", "capacity")
    yield tables.table("products", keys, rows, told.language, keys)
    yield from plant.streams(told.result, told.language)
    for block in tables.month_charts(told.result, told.language):
        yield charts.upright(block.title, block.bars, None, told.language)
    yield from plant.emissions(told.result, told.language)
    sources = plant.sources(told.result, "CO2", told.language)
    yield from charts.by_source("sources-chart", sources, told.language)
    yield from plant.specific(told.result, told.language)


def _losses(told: Told) -> Iterator[Part]:
    """Where energy, water and material go, as far as streams of one unit say it."""
    written, heats = told.result.file.streams or {}, plant.heats(told.result)
    hours = {f"{name}-{hour}" for name, one in written.items() for hour in one.tariff or ()}
    # What a whole is used for: neither the hours of a tariff, nor a part's own parts.
    uses = {
        name: stream.part_of
        for name, stream in written.items()
        if stream.part_of and name not in hours and not written[stream.part_of].part_of
    }
    for key, (unit, bought, left) in BALANCES.items():
        divided, others, wastes, parts, lost = (list[charts.Bar]() for _ in range(5))
        for item in told.result.streams:
            stream, before = written[item.id], heats.get(item.id, item.baseline)
            if not isinstance(before, Figure) or str(before.unit) != unit:
                continue
            bar = (told.plain(item.name), before)
            lost += [bar] if item.kind in LOST else []
            if item.kind in bought and not stream.made_from:
                if item.id in uses:
                    parts.append(bar)
                elif not stream.part_of:
                    (divided if item.id in uses.values() else others).append(bar)
            elif item.kind in left and not stream.part_of:
                wastes.append(bar)
        outputs = [*_made(told, unit), *wastes] if left else parts
        inputs = [*divided, *others]  # parts stand opposite of what they are parts of
        yield from charts.sankey(key, inputs, outputs or parts, lost, told.language)


def _made(told: Told, unit: str) -> Iterator[charts.Bar]:
    """The output of the products, as far as it is stated in a unit a year."""
    for item in told.result.file.products or ():
        if item.output is not None and str(item.output.unit) == unit:
            yield told.plain(item.name or {"": item.id}), tables.figure_of(item.output)


def _screening(told: Told) -> Iterator[Part]:
    """How many measures are of each type and cost class; what all bring and avoid."""
    result, language = told.result, told.language
    yield from plant.by_class(result, language)
    yield from summary.measure_tables(result, language)
    yield from summary.interaction(result, language)


def _feasibility(told: Told) -> Iterator[Part]:
    """Each measure on half a page: the technical note, its money and its environment."""
    language = told.language
    for item in told.result.measures:
        written = told.written(item)
        yield Chapter(f"{item.id}: {told.plain(item.title)}", 2)
        yield from told.prose(written.note or written.notes)
        effects = list(_effects(told, written.verified_effects or written.effects or ()))
        yield Pairs(word("effects", language), effects)
        kinds = {"measure-type": item.type, "cost-class": item.cost_class}
        named = {key: word(kind, language) for key, kind in kinds.items() if kind}
        pairs = [*tables.labelled(named, language), *economics.measure_money(item, language)]
        if isinstance(item.line.economics, Economics):
            figures = ("npv", "irr", "discounted_payback")
            cells = economics.cells_of(item.line.economics, figures, language)
            pairs += tables.labelled(cells, language)
        yield Pairs(word("money-of", language), pairs)
        yield from economics.reductions(item.line, language)
        yield from () if item.in_bundle else [Notes([word("outside", language)])]


def _effects(told: Told, effects: Iterable[Effect]) -> Iterator[Pair]:
    """What a measure does to streams, as the file says it."""
    streams, products = told.result.streams, told.result.file.products or ()
    names = {item.id: told.plain(item.name or {"": item.id}) for item in (*streams, *products)}
    for effect in effects:
        said = [
            f"{word(f'effect-{key}', told.language)} {names.get(value) or told.said(value)}"
            for key in EFFECTS
            if (value := getattr(effect, key)) is not None
        ]
        yield names.get(effect.stream or effect.product or "", ""), ", ".join(said)


def _plan(told: Told) -> Iterator[Part]:
    """In what order who does what by when; what was achieved."""
    language, measures = told.language, told.result.measures
    rows: list[Sequence[Cell]] = []
    for item in measures:
        written, cost = told.written(item), tables.investment_cell(item.line.investment)
        responsible = told.plain(written.responsible)
        rows.append((item.id, word(item.status, language), cost, responsible, written.due))
    texts = ("measure", "status", "responsible", "due")
    keys = (*texts[:2], "investment", *texts[2:])
    under = [told.plain(item.title) for item in measures]
    yield tables.table("plan", keys, rows, language, texts, under=under)
    yield from summary.by_status(told.result, language)
    achieved = [
        (item.id, item.predicted_saving, item.line.annual_saving, share(part.value, language))
        for item in measures
        if isinstance(part := item.realisation, Figure)
    ]
    heads = ("measure", "predicted", "achieved", "%")
    yield tables.table("achieved-results", heads, achieved, language, yearly=True)


# ---- annexes -------------------------------------------------------------------------------------


def _economics(told: Told) -> Iterator[Part]:
    result, language = told.result, told.language
    if result.basis.discount_rate is None:
        return
    together = result.totals.economics
    if isinstance(together, Economics):
        flow = together.cash_flow
        years = [(str(year), amount) for year, amount in enumerate(flow.net)]
        yield charts.upright(word("chart", language), years, flow.cumulative, language)
    yield from economics.economics_page(result, language)
    for item in result.measures:
        if isinstance(item.line.economics, Economics):
            blocks = economics.project("", item.line, language, in_full=True)
            yield layout.Fold(f"{item.id}: {told.plain(item.title)}", tables.kept(blocks))


def _factors(told: Told) -> Iterator[Part]:
    language, rows = told.language, []
    for used in told.result.factors:
        texts = map(harmless, (used.reference, cited(used.text, language), used.citation))
        rows.append((*texts, word(f"row-{used.quality}", language)))
    keys = ("factor", "value", "source", "row-quality")
    yield tables.table("factors-used", keys, rows, language, keys)


def _quality(told: Told) -> Iterator[Part]:
    yield Pairs("", list(summary.rests_on(told.result, told.language)))
    yield Notes(list(summary.small_print(told.result, told.language)))


def _workings(told: Told) -> Iterator[Part]:
    """How each headline figure comes about; a step that stands above is not said again."""
    known: dict[int, str] = {}
    result = told.result
    lines = [(f"measures.{item.id}", item.line) for item in result.measures]
    lines += [(f"groups.{item.id}", item.line) for item in result.groups]
    for place, line in [*lines, ("totals", result.totals)]:
        if isinstance(line.economics, Economics):  # the years after the first stand in the tables
            flow = line.economics.cash_flow
            later = [*flow.net[2:], *(flow.discounted or ())[2:], *(flow.cumulative or ())[2:]]
            known |= dict.fromkeys(map(id, later), word("annex-economics", told.language))
        workings = []
        for key, figure in results.figures_of(line).items():
            if isinstance(figure, Figure) and HEADLINES.fullmatch(key):
                name = f"{place}.{key}"
                steps = list(why_lines(name, figure, told.sources, told.language, known))
                workings.append(layout.Working(name, figure, steps))
        if workings:
            yield layout.Fold(place, workings)


CHAPTERS: Mapping[str, Callable[[Told], Iterator[Part]]] = {
    "summary": _summary, "chapter-1": _enterprise, "chapter-2": _production,
    "chapter-3": _losses, "chapter-4": _screening, "chapter-5": _feasibility, "chapter-6": _plan,
    "annex-economics": _economics, "annex-factors": _factors, "annex-quality": _quality,
    "annex-workings": _workings,
}  # fmt: skip
