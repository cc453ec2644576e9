"""Tables of the plant before and after its measures, and of these by type and cost class."""

from collections.abc import Iterator, Mapping

from cpcalc.figures import Figure, Origin, Reported
from cpcalc.names import USES
from cpcalc.plant import BeforeAfter, ClassTotal
from cpcalc.report import tables
from cpcalc.report.layout import Cell, Table, Together, harmless
from cpcalc.report.numbers import decimal, share, shown
from cpcalc.report.why import is_sum
from cpcalc.results import AssessmentResult
from cpcalc.texts import title, word
from cpcalc.units import SUBSTANCES
from cpcalc.units import shown as unit_text

_LABELS = {name: f"all-{name}" for name in USES}
DIRECT_AND_POWER = ("scope_1", "scope_2_location")
COMPARED = ("unit", "baseline", "after", "change-short")
# A mass per mass of product is told in this, and as no percentage.
PER_MASS, KG_PER_T = "kg/t", 1000


def costs(result: AssessmentResult, language: str) -> Iterator[Table]:
    """What each stream costs before and after, and the bill."""
    plant = result.baseline
    if plant is None or plant.bill is None or not isinstance(plant.bill.before, Figure):
        return
    names = _streams(result, language)
    rows: list[tuple[Cell, ...]] = [
        (names[name], *each[:2], _change(each.change, language))
        for name, each in plant.costs.items()
    ]
    bill = plant.bill
    rows.append((word("total", language), *bill[:2], _change(bill.change, language)))
    keys = ("stream", *COMPARED[1:])
    columns = tables.columns(keys, language, COMPARED[-1:])
    yield Table(word("plant-costs", language), columns, rows, totals=1, yearly=True)


def emissions(result: AssessmentResult, language: str) -> Iterator[Table]:
    """What the plant emits and throws away; by scope, and by stream."""
    plant = result.baseline
    if plant is None:
        return
    named = {word(kind, language): each for kind, each in plant.pollution.items()}
    yield from _table("plant-emissions", "figure", named, language, yearly=True)
    by_scope = dict(_by_scope(plant.emissions, language))
    yield from _table("plant-scopes", "figure", by_scope, language, yearly=True)
    names = _streams(result, language)
    by_stream = {
        f"{names[stream]}: {label}": each
        for stream, scopes in plant.by_stream.items()
        for label, each in _by_scope(scopes, language)
    }
    yield from _table("plant-sources", "stream", by_stream, language, yearly=True)


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
        for table in _table("specific", "figure", rows, language):
            yield table._replace(notes=notes, title=word("specific", language, product=about))


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


def of_baseline(result: AssessmentResult, kind: str, language: str) -> Cell:
    """A reduction of the whole bundle, with its share of what there was."""
    cut = result.totals.reductions.get(kind)
    whole = result.baseline and result.baseline.pollution.get(kind)
    before = whole.before if whole else None
    if not isinstance(cut, Figure) or not isinstance(before, Figure) or before.unit is not cut.unit:
        return cut
    if before.value <= 0:
        return cut
    part = share(cut.value / before.value, language)
    return Together((cut, f" ({word('of-baseline', language, share=part)} ", before, ")"))


def _streams(result: AssessmentResult, language: str) -> dict[str, str]:
    return {stream.id: harmless(title(stream.name, language)) for stream in result.streams}


def _by_scope(
    scopes: Mapping[str, Mapping[str, BeforeAfter]], language: str
) -> Iterator[tuple[str, BeforeAfter]]:
    for scope, gases in scopes.items():
        for gas, each in gases.items():
            name = word("dust", language) if gas == "TSP" else unit_text(gas)
            yield f"{name} {word(scope, language)}", each


def _table(
    name: str, first: str, rows: Mapping[str, BeforeAfter], language: str, *, yearly: bool = False
) -> Iterator[Table]:
    cells: list[tuple[Cell, ...]] = [
        (label, None, *(_per_mass(side, language) for side in each[:2]),
         _change(each.change, language))
        for label, each in rows.items()
        if isinstance(each.before, Figure)
    ]  # fmt: skip
    if cells:
        columns = tables.columns((first, *COMPARED), language, ("unit", COMPARED[-1]))
        yield Table(word(name, language), columns, cells, by_row=True, yearly=yearly)


def _per_mass(figure: Reported, language: str) -> Cell:
    if not isinstance(figure, Figure) or figure.unit.without(*SUBSTANCES).exponents:
        return figure
    value = figure.value * KG_PER_T
    decimals = 0 if abs(value) >= 100 else 2
    return f"{decimal(value, decimals, language)} {PER_MASS}{'*' if figure.is_partial else ''}"


def _change(change: Reported, language: str) -> str:
    """The change in percent, with its sign."""
    if not isinstance(change, Figure):
        return ""
    return ("+" if change.value > 0 else "") + shown(change, language)
