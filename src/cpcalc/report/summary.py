"""The summary of one assessment as a neutral page; the file and its what-ifs side by side."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from cpcalc import names, results
from cpcalc.figures import ROUNDING, Figure, Reported, figures_in
from cpcalc.report import plant, tables
from cpcalc.report.layout import Block, Cell, Column, Marked, Notes, Pair, Pairs, Table, harmless
from cpcalc.report.numbers import cited, share, shown
from cpcalc.report.tables import FigureRow, NamedLine
from cpcalc.results import AssessmentResult, Line, MeasureResult
from cpcalc.rows import MeasureOrGroup, bundle_of
from cpcalc.schema.assessment import END_OF_PIPE
from cpcalc.texts import sector_name, title, word
from cpcalc.units import shown as unit_text

# Shown as reductions already: what leaves the plant's own stacks of these.
AMONG_REDUCTIONS = frozenset({"TSP", "SO2", "NOx", "COD", "BOD", "TSS"})
GRID = "grid-electricity"


def summary(result: AssessmentResult, language: str) -> Iterator[Block]:
    """The blocks of the page, from head to small print."""
    yield tables.heading(result, language)
    yield Pairs("", [*who(result, language), *rests_on(result, language)])
    yield from plant.streams(result, language)
    yield from plant.emissions(result, language)
    yield from plant.specific(result, language)
    yield from tables.month_charts(result, language)
    yield from measure_tables(result, language)
    yield from interaction(result, language)
    yield Pairs(word("totals", language), list(total_pairs(result, result.totals, language)))
    yield from by_status(result, language)
    yield from plant.by_class(result, language)
    yield from tables.uncertainty_table(result.totals, language)
    yield Notes(tuple(small_print(result, language)))


def who(result: AssessmentResult, language: str) -> Iterator[Pair]:
    """The enterprise's sector and place, and where the facts are from."""
    enterprise = result.enterprise
    keys = [key for key in ("sector", "province", "country") if key in enterprise]
    texts = {key: str(enterprise[key]) for key in keys}
    if "sector" in texts:
        texts["sector"] = sector_name(texts["sector"], language)
    if keys:
        yield word(keys[0], language), ", ".join(map(harmless, texts.values()))
    for source in enterprise.get("source") or ():
        yield word("source", language), harmless(source["title"])


def rests_on(result: AssessmentResult, language: str) -> Iterator[Pair]:
    """The baseline, and the rates and factors that the figures rest on."""
    basis = result.basis
    baseline = ", ".join(filter(None, (basis.period, basis.currency)))
    yield from tables.labelled({"period" if basis.period else "currency": baseline}, language)
    for currency, rate, year, source in basis.rates:
        about = f"{year}, {harmless(source)}"
        yield word("rates", language), f"{currency}: {shown(rate, language)} ({about})"
    yield from tables.labelled({"factor-sets": ", ".join(basis.factor_sets)}, language)
    grid = " ".join(word(part, language) for part in (basis.grid or "").split(" "))
    chosen = tables.labelled({"grid": grid, "gwp": basis.gwp}, language)
    if choices := ", ".join(f"{label} {value}" for label, value in chosen):
        yield "", choices
    for used in filter(_is_electricity, result.factors):
        reason = f"; {harmless(used.because)}" if used.because else ""
        value = f"{cited(used.text, language)}, {used.reference}{reason}"
        yield word("electricity-factor", language), value


def _is_electricity(used: results.FactorUsed) -> bool:
    return used.kind == GRID and "#CO2" in used.reference


# ---- tables --------------------------------------------------------------------------------------


def measure_tables(result: AssessmentResult, language: str) -> Iterator[Block]:
    """Money, savings and reductions of what counts and of what does not."""
    bundle, totals = bundle_of(result.measures, result.groups), result.totals
    measures = _entries(bundle.measures, language)
    if bundle.groups:
        if measures:
            yield tables.money_table("measures", measures, None, language, "measure")
        alone = [measure for measure in bundle.alone if _says_a_figure(measure.line)]
        groups = _entries([*bundle.groups, *alone], language)
        yield from _money_and_kinds("groups", groups, totals, language, "group")
    else:
        yield from _money_and_kinds("measures", measures, totals, language, "measure")
    # not cleaner production, so in tables of its own: each table sums to its total
    if totals.end_of_pipe is not None:
        last = _entries(bundle.end_of_pipe, language)
        yield from _money_and_kinds(END_OF_PIPE, last, totals.end_of_pipe, language, "measure")
    items: list[MeasureOrGroup] = [*result.groups, *result.measures]
    outside = _entries([item for item in items if not item.in_bundle], language)
    if outside:
        yield tables.money_table("outside", outside, None, language, "measure")


def _entries(items: Iterable[MeasureOrGroup], language: str) -> list[NamedLine]:
    """Rows of measures, with what marks them, and of groups, with how many measures they are."""
    entries = []
    for item in items:
        name = Marked(item.id)
        if isinstance(item, MeasureResult):
            status = f" [{word(item.status, language)}]" if item.status != "unstated" else ""
            name = Marked(item.id, tables.CAPPED if item.caps else "", status)
        elif item.declared_count is not None:
            name = Marked(item.id, "", f" ({word('count', language, count=item.declared_count)})")
        entries.append(NamedLine(name, harmless(title(item.title, language)), item.line))
    return entries


def _money_and_kinds(
    name: str, entries: Sequence[NamedLine], total: Line, language: str, first: str
) -> Iterator[Block]:
    """A table of money, and one each for savings, reductions and gases where there are any."""
    if not entries:
        return
    yield tables.money_table(name, entries, total, language, first)
    lines: list[tuple[str | Marked, Line]]
    lines = [(entry.name._replace(rest=""), entry.line) for entry in entries]
    lines.append((word("total", language), total))
    reductions = [(row, line.reductions) for row, line in lines]
    stated = [(row, line.stated_reductions) for row, line in lines]
    if name == END_OF_PIPE:
        kinds = {"end-of-pipe-reductions": reductions, "stated-reductions": stated}
    else:
        kinds = {"savings": [(row, line.savings) for row, line in lines]}
        kinds |= {"reductions": reductions, "stated-reductions": stated}
        kinds["by-gas"] = _by_gas(lines, language)
    for key, rows in kinds.items():
        yield from tables.kinds_table(key, rows, language)


def _by_gas(lines: Sequence[tuple[str | Marked, Line]], language: str) -> list[FigureRow]:
    """Avoided emissions of rows by gas and scope; nothing where the reductions say it all."""
    rows: list[FigureRow] = [(name, dict(_avoided(line, language))) for name, line in lines]
    labels = {label for _, figures in rows for label in figures}
    among_reductions = {f"CO2 {word(scope, language)}" for scope in ("scope_1", "scope_2_location")}
    return [] if len(labels) == 1 and labels <= among_reductions else rows


def _avoided(line: Line, language: str) -> Iterator[tuple[str, Reported]]:
    on_site = line.avoided_emissions.get("on_site", {})
    for scope in names.SCOPES:
        for substance, figure in line.avoided_emissions.get(scope, {}).items():
            is_reduction = scope == "on_site" and substance in AMONG_REDUCTIONS
            pair = figures_in([figure, on_site.get(substance)] if scope == "generated" else ())
            if is_reduction or (len(pair) > 1 and pair[0].value == pair[1].value):
                continue
            yield plant.gas_word(substance, scope, language), figure


def _says_a_figure(line: Line) -> bool:
    has_saving = isinstance(line.annual_saving, Figure)
    return bool(line.investment or has_saving or line.reductions or line.stated_reductions)


def by_status(result: AssessmentResult, language: str) -> Iterator[Table]:
    """The money of each status, where there are several."""
    entries = [
        NamedLine(Marked(word(status, language)), "", line)
        for status, line in result.totals_by_status.items()
        if _says_a_figure(line)
    ]
    if len(entries) > 1:
        yield tables.money_table("by-status", entries, None, language, "status")


def interaction(result: AssessmentResult, language: str) -> Iterator[Block]:
    """Savings alone, in order and order-free of the measures that overlap."""
    overlap = result.totals.overlap
    if not isinstance(overlap, Figure) or not result.totals.has_overlap:
        return
    rows = []
    for measure in result.measures:
        line = measure.line
        if measure.in_bundle and line.stand_alone is not None:
            cells = (line.stand_alone.annual_saving, line.annual_saving, line.order_free_saving)
            if _differ(cells):
                rows.append((measure.id, *cells))
    if rows:
        keys = ("measure", "alone", "in-order", "order-free")
        overlaps = [overlap, *(measure.line.overlap for measure in result.measures)]
        notes = list(tables.overlap_notes(overlaps, language))
        yield tables.table("interaction", keys, rows, language, notes=notes, yearly=True)


def _differ(figures: Iterable[Reported | None]) -> bool:
    values = [figure.value for figure in figures_in(figures)]
    return bool(values) and max(values) - min(values) > ROUNDING * max(map(abs, values))


# ---- totals and small print ----------------------------------------------------------------------


def total_pairs(result: AssessmentResult, line: Line, language: str) -> Iterator[Pair]:
    """The money of a line, its economics, and what it avoids over lives."""
    yield from tables.money_pairs(line, language)
    figures = results.figures_of(line)
    npv = figures.get("economics.npv", figures.get("economics"))  # or why there is none
    cells: dict[str, Cell] = {
        "npv": tables.with_left_out(npv, line.economics, language),
        "irr": figures.get("economics.irr"),
        "discounted_payback": figures.get("economics.discounted_payback"),
        "biogenic-co2": line.avoided_emissions.get("biogenic", {}).get("CO2"),
    }
    yield from tables.labelled(cells, language)
    for gas, figure in line.avoided_emissions.get("outside_scopes", {}).items():
        yield word("outside-scopes", language, gas=unit_text(gas)), figure
    yield from tables.labelled({"co2": plant.without_factors(result)}, language)
    for name, figure in line.lifetime_reductions.items():  # amounts, no rates
        yield word("over-lives", language, gas=word(name, language)), figure


def small_print(result: AssessmentResult, language: str) -> Iterator[str]:
    """What a reader must know of the figures and their quality."""
    yield from tables.quality_notes(result.qualities, language)
    yield from _lists(result.measures, language)
    yield from _factor_notes(result, language)
    for waived, because in result.waivers:
        yield word("waived", language, check=waived, because=harmless(because))
    yield from tables.identities(result, language)
    yield from _expected(result, language)
    for item in result.expectations:
        if item.because is not None:
            values = {"figure": item.figure, "value": item.expected}
            yield word("not-reproduced", language, because=harmless(item.because), **values)


def _expected(result: AssessmentResult, language: str) -> Iterator[str]:
    """How many expected figures hold: those that test a calculation, and those that cannot."""
    judged = [item for item in result.expectations if item.because is None]
    tests = [item for item in judged if not item.by_construction]
    if tests:
        met = sum(item.outcome == "met" for item in tests)
        yield word("expectations", language, met=met, all=len(tests))
    if len(judged) > len(tests):
        yield word("expectations-by-construction", language, count=len(judged) - len(tests))


def _lists(measures: Sequence[MeasureResult], language: str) -> Iterator[str]:
    """What is said of several measures in one line each."""
    prices, realisation, verified = [], [], []
    for measure in measures:
        for stream, price in measure.implied_prices.items():
            prices.append(f"{stream} {shown(price, language)} ({measure.id})")
        part, predicted = measure.realisation, measure.predicted_saving
        if isinstance(part, Figure) and isinstance(predicted, Figure):
            saving = f"({shown(predicted, language)})"
            realisation.append(f"{measure.id} {share(part.value, language)} {saving}")
        for stream, changes in measure.verified_changes.items():
            known = [shown(to, language) for to in figures_in(changes.values())]
            verified.append(f"{stream} {', '.join(known)}")
    texts = {"implied-prices": ", ".join(prices), "realisation": ", ".join(realisation)}
    texts["verified-changes"] = "; ".join(verified)
    for label, text in tables.labelled(texts, language):
        yield f"{label}: {text}"


def _factor_notes(result: AssessmentResult, language: str) -> Iterator[str]:
    """What a reader must know of the factors: reasons, the unverified, the grid over lives."""
    for used in result.factors:
        if used.because is not None and not _is_electricity(used):
            because = harmless(used.because)
            yield word("chosen-because", language, factor=used.reference, because=because)
    doubtful = [used.reference for used in result.factors if used.quality == "unverified"]
    if doubtful:
        yield word("unverified", language, factors=", ".join(doubtful))
    if result.totals.lifetime_reductions and any(used.kind == GRID for used in result.factors):
        decline = result.basis.grid_decline
        yield word("grid-declines" if decline else "grid-constant", language, share=decline)


# ---- what-ifs ------------------------------------------------------------------------------------


class Side(NamedTuple):
    """The file, or one of its scenarios: its name, what it sets, and its result."""

    name: str
    sets: str
    result: AssessmentResult
    title: str = ""


def scenario_page(sides: Sequence[Side], language: str, measure: str | None) -> Iterator[Block]:
    """The file and its scenarios side by side: their totals, or one measure."""
    about = word("measure-page", language, measure=measure) if measure is not None else ""
    yield tables.heading(sides[0].result, language, about)
    columns = tables.columns(("figure",), language)
    columns += [Column("side", harmless(side.name)) for side in sides]
    cells = [dict(_compared(side.result, measure, language)) for side in sides]
    labels = dict.fromkeys(label for of_side in cells for label in of_side)
    # each figure with its own unit: those of a column are of many kinds
    rows = [
        (label, *(tables.by_itself(of_side.get(label)) for of_side in cells)) for label in labels
    ]
    notes = []
    for side in sides:
        if side.sets:
            has_title = side.title and side.title != side.name
            name = harmless(f"{side.name} ({side.title})" if has_title else side.name)
            sets = harmless(side.sets)
            notes.append(word("scenario-sets", language, scenario=name, sets=sets))
    yield Table(word("scenario", language), columns, rows, notes=notes)


def _compared(result: AssessmentResult, measure: str | None, language: str) -> Iterator[Pair]:
    """What is compared, each figure with its label."""
    lines = {item.id: item.line for item in result.measures}
    line = result.totals if measure is None else lines[measure]
    yield from tables.money_pairs(line, language)
    if line.investment is not None:  # instead of its amounts: one currency keeps columns narrow
        yield word("investment", language), line.investment.converted
    figures = results.figures_of(line)
    names = ("npv", "irr", "discounted_payback", "annual_worth")
    cells: dict[str, Cell] = {name: figures.get(f"economics.{name}") for name in names}
    whole = result.whole_enterprise
    if measure is None and whole is not None:
        if result.totals.end_of_pipe is not None:
            cells["whole-npv"] = results.figures_of(whole.line).get("economics.npv")
        before, after = whole.life_cycle_cost.before, whole.life_cycle_cost.after
        cells["life-cycle-before"] = before if isinstance(before, Figure) else None
        cells["life-cycle-after"] = after if isinstance(after, Figure) else None
    yield from tables.labelled({**cells, **line.reductions}, language)
