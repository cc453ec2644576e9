"""Link the names of a validated file: streams, prices, factors, measures and their order."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from cpcalc.diagnostics import Diagnostic, Path
from cpcalc.figures import Figure
from cpcalc.library import Library
from cpcalc.quantities import Quantity
from cpcalc.resolve.bills import written_out
from cpcalc.resolve.context import Context, NotLinkedError, cited_figure, figure_of
from cpcalc.resolve.economics import TermsLinker
from cpcalc.resolve.factors import is_mixed, mixed_mass_bases
from cpcalc.resolve.loads import check_counted_once
from cpcalc.resolve.measures import bundle, link_groups, link_measures
from cpcalc.resolve.model import LinkedEffect, LinkedMeasure, Resolved, is_outside_scopes
from cpcalc.resolve.streams import check_circles, link_streams
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.factor_rows import BenchmarkValue
from cpcalc.schema.leaves import PERIODS, Reading
from cpcalc.units import shown

__all__ = ["resolve", "with_properties"]

# Loads that give methane where there is no air, and what ponds of that kind are called.
ROTTING, METHANE = frozenset({"cod", "bod"}), frozenset({"CH4", "CO2e"})
LAGOONS = ("lagoon", "anaerobic", "kỵ khí", "kị khí")
PROPERTIES = ("ncv", "gcv", "density")


def resolve(
    assessment: Assessment,
    reading: Reading,
    library: Library,
    *,
    statuses: frozenset[str] | None = None,
    with_economics: bool = False,
) -> tuple[Resolved, list[Diagnostic]]:
    """The linked assessment and everything that did not link.

    ``statuses`` selects the measures of the bundle; ``with_economics`` links the money terms even
    where the file has none.
    """
    context = Context(assessment, reading, library)
    _check_unique(context)
    _check_products(context)
    link_streams(context)
    check_counted_once(context)
    if context.co2e_made_with is not None:
        _note_methane(context)
    in_file_order = list(link_measures(context))
    check_circles(context, in_file_order)
    measures, order = bundle(context, in_file_order, statuses)
    groups = tuple(link_groups(context, measures, statuses))
    grid, discount_rate = context.basis.grid, context.basis.discount_rate
    terms = None
    if with_economics or assessment.economics is not None or discount_rate is not None:
        terms = TermsLinker(context).terms(in_file_order, groups)
    resolved = Resolved(
        currency=context.currency,
        streams=context.linked,
        measures=tuple(measures),
        order=order,
        groups=groups,
        gwps=_gwps(context),
        rates=context.rates,
        grid_decline=figure_of(grid.decline) if grid and grid.decline else None,
        terms=terms,
        moves=_moves(measures),
        outputs={name: _output(context, name) for name in context.products},
        benchmarks=dict(_benchmarks(context)),
    )
    return resolved, context.diagnostics


def _note_methane(context: Context) -> None:
    """Where CO2e is reported: waste water that rots, by its load or its name, and no factor for its
    methane.
    """
    effects = [one for item in context.assessment.measures or () for one in item.effects or ()]
    lowered = {effect.stream for effect in effects if effect.load in ROTTING}
    noted = {note.path[:2] for note in context.diagnostics}
    for stream in context.linked.values():
        texts = " ".join((stream.id, *stream.name.values())).casefold()
        rots = stream.id in lowered or not ROTTING.isdisjoint(dict(stream.loads))
        rots = rots or any(name in texts for name in LAGOONS)
        is_counted = stream.treatments or any(term.substance in METHANE for term in stream.terms)
        is_whole = stream.kind == "wastewater" and stream.parent is None
        if is_whole and rots and not is_counted and stream.path not in noted:
            context.problem_of_key("methane-not-counted", stream.path, stream=stream.id)


def _moves(measures: Iterable[LinkedMeasure]) -> tuple[LinkedEffect, ...]:
    """The first effect on each stream that was measured at another production and counts."""
    moves: dict[str, LinkedEffect] = {}
    for measure in measures:
        for effect in measure.effects if measure.in_bundle else ():
            if isinstance(effect, LinkedEffect) and effect.change and effect.production:
                moves.setdefault(effect.stream, effect)
    return tuple(moves.values())


def _check_unique(context: Context) -> None:
    for section in ("products", "measures", "groups", "scenarios"):
        first: dict[str, int] = {}
        for position, item in enumerate(getattr(context.assessment, section) or ()):
            if first.setdefault(item.id, position) != position:
                related = (("first-given-here", (section, first[item.id], "id")),)
                path: Path = (section, position, "id")
                context.note(Diagnostic("duplicate-id", path, {"id": item.id}, related=related))


def _output(context: Context, name: str) -> Figure | None:
    """The yearly output of a product; that it cannot be known is no error where only specific
    figures ask for it."""
    known = len(context.diagnostics)
    output = context.output_of(name, ())
    del context.diagnostics[known:]
    return output


def _benchmarks(context: Context) -> Iterator[tuple[str, list[BenchmarkValue]]]:
    """The rows that each product names to stand beside its specific figures."""
    for position, product in enumerate(context.products.values()):
        found = product.benchmark and context.library.benchmark(product.benchmark)
        if isinstance(found, Diagnostic):
            context.note(found._replace(path=("products", position, "benchmark")))
        elif found:
            yield product.id, found.values


def _check_products(context: Context) -> None:
    for product in context.products.values():
        for given in (product.output, product.capacity, product.reporting_output):
            if given is not None and not given.is_bare_zero:
                with suppress(NotLinkedError):
                    context.check_kind(given, given.unit.without(*PERIODS), "product")


def _gwps(context: Context) -> dict[str, Figure] | None:
    """The GWPs of the gases that a stream emits or is, outside of which no CO2e counts; those of
    other gases are not cited.
    """
    name, library, streams = context.basis.gwp, context.library, context.linked.values()
    if name is None:
        return None
    known = library.gwps(name)
    if isinstance(known, Diagnostic):
        context.note(known._replace(path=("basis", "gwp")))
        return None
    gases = dict.fromkeys(term.substance for stream in streams for term in stream.terms)
    if any(stream.treatments for stream in streams):
        gases.setdefault("CH4")
    for stream in streams:
        if stream.gas is not None and not is_outside_scopes(stream.gas):
            gases.setdefault(stream.gas)
            if stream.gas not in known:
                values = {"gwp": name, "gas": shown(stream.gas)}
                context.problem("gas-without-gwp", (*stream.path, "gas"), **values)
    counted = (gas for gas in gases if gas in known and not is_outside_scopes(gas))
    cited = {gas: library.cite(known[gas], "gwp") for gas in counted}
    return {gas: cited_figure(gwp.value, gwp.reference) for gas, gwp in cited.items()}


# ---- properties of fuels that a file takes from a pinned set -------------------------------------


def with_properties(
    assessment: Assessment, library: Library, diagnostics: list[Diagnostic]
) -> Assessment:
    """The assessment with every heat content and density named as its number, cited, and written
    out where it says something in short.

    What leads nowhere is a diagnostic, and taken out, so that everything else is still linked.
    """
    streams = dict(assessment.streams or {})
    for name, stream in streams.items():
        cited: dict[str, Quantity | None] = {}
        for key in PROPERTIES:
            path: Path = ("streams", name, key)
            reference = getattr(stream, key)
            if not isinstance(reference, str):
                continue
            row = library.property(reference, key)
            if isinstance(row, Diagnostic):
                diagnostics.append(row._replace(path=path))
                cited[key] = None
                continue
            if is_mixed(row.mass_basis, stream.mass_basis):
                diagnostics.append(mixed_mass_bases(stream, row, reference, path))
            library.cite(row, "density" if key == "density" else "heat-content")
            assert row.quantity is not None  # the library hands out no other
            cited[key] = replace(row.quantity, path=path, cited=row.reference)
        streams[name] = stream.model_copy(update=cited) if cited else stream
    return written_out(assessment.model_copy(update={"streams": streams}), diagnostics)
