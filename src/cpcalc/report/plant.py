"""Tables of the plant before and after its measures, and of these by type and cost class."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from cpcalc.figures import OPPOSITE, Figure, NotApplicable, Origin, Reported, unknown
from cpcalc.names import USES
from cpcalc.plant import BeforeAfter, ByName, ClassTotal, Standing
from cpcalc.report import tables
from cpcalc.report.layout import Cell, Table, Together, harmless
from cpcalc.report.numbers import shown
from cpcalc.report.why import is_sum
from cpcalc.results import AssessmentResult
from cpcalc.texts import title, word
from cpcalc.units import ONE, SUBSTANCES, base_unit
from cpcalc.units import shown as unit_text

_LABELS = {name: f"all-{name}" for name in USES}
DIRECT_AND_POWER = ("scope_1", "scope_2_location")
COMPARED = ("unit", "baseline", "after", "change-short")
# A mass per mass of product is told in this, and as no percentage.
PER_MASS, KG_PER_T = "kg/t", 1000


def streams(result: AssessmentResult, language: str) -> Iterator[Table]:
    """What is used of each stream and paid for it, before and after the bundle, and the bill."""
    plant, rows = result.baseline, list[tuple[Cell, ...]]()
    costs = plant.costs if plant is not None else {}
    for stream in result.streams:
        paid = [_known(side) for side in costs.get(stream.id, (None, None))[:2]]
        before, after, saved = map(_known, (stream.baseline, stream.after, stream.saving))
        whole = stream.production.without_measures if stream.production and before else before
        part = stream.saving_share
        if saved and whole and whole.value:
            part = Figure(saved.value / whole.value, ONE)
        change = _change(_less(part), language)
        if before or saved or change or any(paid):
            name = harmless(title(stream.name, language))
            rows.append((name, None, before, after, None if before else saved, change, *paid))
    bill, totals = plant and plant.bill, 0
    if bill is not None and isinstance(bill.before, Figure):
        change, totals = _change(bill.change, language), 1
        rows.append((word("total", language), None, None, None, None, change, *bill[:2]))
    if rows:
        keys = ("stream", *COMPARED[:3], "saving", *COMPARED[3:], "cost-before", "cost-after")
        columns = tables.columns(keys, language, COMPARED[:1])
        columns[-2:] = [
            column._replace(header=tables.in_short_lines(column.header), is_money=True)
            for column in columns[-2:]
        ]
        amounts = rows[: len(rows) - totals]
        columns[5] = columns[5]._replace(is_extra=all(row[2] or not row[5] for row in amounts))
        notes = [*_productions(result, language), *tables.bill_notes(result, language)]
        name = word("streams", language)
        yield Table(name, columns, rows, totals, notes, by_row=True, yearly=True)


def emissions(result: AssessmentResult, language: str) -> Iterator[Table]:
    """What the plant emits and throws away; by scope, and by stream."""
    plant = result.baseline
    if plant is None:
        return
    named = {word(kind, language): each for kind, each in plant.pollution.items()}
    yield from _table("plant-emissions", "figure", named, language)
    by_scope = dict(_by_scope(plant.emissions, language))
    yield from _table("plant-scopes", "figure", by_scope, language)
    names = _streams(result, language)
    by_stream = {
        f"{names[stream]}: {label}": each
        for stream, scopes in plant.by_stream.items()
        for label, each in _by_scope(scopes, language)
    }
    yield from _table("plant-sources", "stream", by_stream, language)


def sources(result: AssessmentResult, gas: str, language: str) -> Iterator[tuple[str, BeforeAfter]]:
    """What each stream emits of a gas, at the plant and for its electricity."""
    names = _streams(result, language)
    for stream, scopes in (result.baseline.by_stream if result.baseline else {}).items():
        for scope in DIRECT_AND_POWER:
            if gas in scopes.get(scope, {}):
                yield names[stream], scopes[scope][gas]


def heats(result: AssessmentResult) -> dict[str, Figure]:
    """The energy of each stream, as it is added up to that of the plant."""
    uses = result.baseline.consumption if result.baseline else {}
    whole, found = uses["energy"].before if "energy" in uses else None, {}
    if not isinstance(whole, Figure):
        return {}
    for part in whole.operands if is_sum(whole) else (whole,):
        leaf = part
        while isinstance(leaf, Figure):
            leaf = leaf.operands[0]
        if isinstance(leaf, Origin) and leaf.reference[:1] == ("streams",):
            found[leaf.reference[1]] = part
    return found


def specific(result: AssessmentResult, language: str) -> Iterator[Table]:
    """What is used and emitted per unit of each product, and made of a unit used."""
    names = _streams(result, language)
    for product, figures in result.specific.items():
        rows = {names[name]: each for name, each in figures.streams.items()}
        per = [*figures.consumption.items(), *figures.intensity.items()]
        rows |= {word(_LABELS.get(name, name), language): each for name, each in per}
        rows |= {
            word("productivity-of", language, what=word(_LABELS[name], language)): each
            for name, each in figures.productivity.items()
        }
        notes = []
        if figures.shared:
            streams = ", ".join(names[name] for name in figures.shared)
            notes.append(word("specific-shared", language, streams=streams))
        about = harmless(title(result.products[product]["name"], language))
        output = result.products[product].get("output")
        unit = str(output.unit.without("year")) if isinstance(output, Figure) else "t"
        for table in _table("specific", "figure", rows, language, unit):
            yield table._replace(notes=notes, title=word("specific", language, product=about))
        yield from _benchmarks(figures.benchmark, about, unit, language)


def _benchmarks(
    rows: Mapping[str, Standing], product: str, per: str, language: str
) -> Iterator[Table]:
    """Where the product stands to each published band, and who published it."""
    cells, under = list[Sequence[Cell]](), []
    for name, row in rows.items():
        ends = [_like(end, per) if end.value else None for end in (row.low, row.high)]
        stands = [
            word(f"stands-{one}", language) if isinstance(one, str) else one for one in row[4:6]
        ]
        before, after = (_like(side, per) for side in (row.before, row.after))
        label = word(_LABELS.get(name.split("-")[0], name.split("-")[0]), language)
        cells.append((label, None, *ends, before, stands[0], after, stands[1]))
        said = [word(row.level, language), row.applies_to, row.period]
        said += [word("per-unit", language, what=row.per) if row.per else None, row.source]
        under.append(harmless("; ".join(filter(None, said))))
    if cells:
        texts = ("unit", "stands-before", "stands-after")
        keys = ("figure", "unit", "from", "to", "baseline", *texts[1:2], "after", *texts[2:])
        columns = tables.columns(keys, language, texts)
        name = word("benchmarks", language, product=product)
        yield Table(name, columns, cells, under=under, by_row=True)


def by_class(result: AssessmentResult, language: str) -> Iterator[Table]:
    """The measures that count, by type and by cost class."""
    kinds: dict[str, Mapping[str, ClassTotal]]
    kinds = {"measure-type": result.by_type, "cost-class": result.by_cost_class}
    for key, classes in kinds.items():
        if not set(classes) <= {"not-stated"}:
            rows = [
                (word(name, language), str(item.measures_counted), *item[1:])
                for name, item in classes.items()
            ]
            keys = (key, "number-of", "investment", "annual-saving", "part")
            yield tables.table(f"by-{key}", keys, rows, language, yearly=True)


def of_baseline(result: AssessmentResult, kind: str) -> Cell:
    """A reduction of the whole bundle, with the change of the whole that it is."""
    cut = result.totals.reductions.get(kind)
    whole = result.baseline and result.baseline.pollution.get(kind)
    before = whole.before if whole else None
    if not isinstance(cut, Figure) or not isinstance(before, Figure) or before.unit is not cut.unit:
        return cut or (without_factors(result) if kind == "co2" else None)
    # marked as the whole is, where energy without a factor may be part of it
    part = replace(before, value=-cut.value / before.value, unit=ONE) if before.value > 0 else None
    return Together((cut, " (", part, ")")) if part else cut


def without_factors(result: AssessmentResult) -> NotApplicable | None:
    """Why CO2 is not calculated, where energy is saved and none of it has a factor."""
    said = {*result.totals.reductions, *result.totals.stated_reductions}
    fields = [
        f"streams.{stream.id}.emission-factors"
        for stream in result.streams
        if stream.kind == "energy" and result.baseline and stream.id in result.baseline.costs
        if (saved := _known(stream.saving_share) or _known(stream.saving)) and saved.value
    ]
    return unknown(*fields) if fields and not said & {"co2", "co2e"} else None


def _productions(result: AssessmentResult, language: str) -> Iterator[str]:
    """At which production streams stand that are not shown at the baseline's."""
    moved: dict[str, list[str]] = {}
    for stream in result.streams:
        if stream.production is not None:
            output = shown(stream.production.output, language)
            at = f"{output} {stream.production.product}"
            moved.setdefault(at, []).append(harmless(title(stream.name, language)))
    for at, streams in moved.items():
        yield word("at-production", language, streams=", ".join(streams), output=at)


def _streams(result: AssessmentResult, language: str) -> dict[str, str]:
    return {stream.id: harmless(title(stream.name, language)) for stream in result.streams}


def _by_scope(scopes: Mapping[str, ByName], language: str) -> Iterator[tuple[str, BeforeAfter]]:
    for scope, gases in scopes.items():
        for gas, each in gases.items():
            yield gas_word(gas, scope, language), each


def gas_word(gas: str, scope: str, language: str) -> str:
    """What is emitted, and in which scope, in words."""
    name = word("dust", language) if gas == "TSP" else unit_text(gas)
    return f"{name} {word(scope, language)}"


def _table(name: str, first: str, rows: ByName, language: str, per: str = "") -> Iterator[Table]:
    """What is before and after: amounts a year, or ``per`` a unit of product."""
    cells: list[tuple[Cell, ...]] = [
        (label, None, *(_like(side, per) for side in each[:2]), _change(each.change, language))
        for label, each in rows.items()
        if isinstance(each.before, Figure)
    ]
    if cells:
        keys, texts = (first, *COMPARED), (COMPARED[0], COMPARED[-1])
        yield tables.table(name, keys, cells, language, texts, by_row=True, yearly=not per)


def _like(figure: Reported, unit: str) -> Reported:
    """An amount per unit of product of the same unit, in words that say so: kg/t, m3/m3."""
    if not isinstance(figure, Figure) or figure.unit.without(*SUBSTANCES).exponents:
        return figure
    factor, name = (KG_PER_T, PER_MASS) if unit == "t" else (1, f"{unit}/{unit}")
    return replace(figure, value=figure.value * factor, unit=base_unit(name))


def _known(figure: Reported | None) -> Figure | None:
    return figure if isinstance(figure, Figure) else None


def _less(part: Reported | None) -> Figure | None:
    """A share that is saved as a change."""
    known = _known(part)
    return known and replace(known, value=-known.value, bound=OPPOSITE.get(known.bound or ""))


def _change(change: Reported | None, language: str) -> str:
    """The change in percent, with its sign."""
    if not isinstance(change, Figure):
        return ""
    return ("+" if change.value > 0 else "") + shown(change, language)
