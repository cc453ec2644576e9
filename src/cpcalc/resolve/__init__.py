"""Link the names of a validated file: streams, prices, factors, measures and their order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure
from cpcalc.library import Library
from cpcalc.resolve.bundle import bundle
from cpcalc.resolve.economics import terms_of
from cpcalc.resolve.factors import cited_figure
from cpcalc.resolve.measures import groups_of, measures_of
from cpcalc.resolve.model import Resolved, Stream
from cpcalc.resolve.scope import Scope
from cpcalc.resolve.streams import streams_of
from cpcalc.resolve.travel import check_travel
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.factor_rows import substance_of
from cpcalc.schema.leaves import Reading

__all__ = ["resolve"]


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
    scope = Scope(assessment, reading)
    _check_unique(scope)
    streams = streams_of(scope, library)
    linked = measures_of(scope, streams)
    check_travel(scope, streams, linked)
    measures, order = bundle(scope, linked, statuses)
    groups = tuple(groups_of(scope, measures, statuses))
    gwps = _gwps(scope, library, streams)
    grid = scope.basis.grid
    decline = scope.figure(grid.decline) if grid is not None and grid.decline is not None else None
    terms = None
    if with_economics or assessment.economics is not None or scope.basis.discount_rate is not None:
        terms = terms_of(scope, streams, linked, groups)
    return (
        Resolved(
            scope.currency,
            streams,
            tuple(measures),
            order,
            groups,
            gwps,
            scope.rates,
            decline,
            terms,
        ),
        scope.diagnostics,
    )


def _check_unique(scope: Scope) -> None:
    assessment = scope.assessment
    for section, ids in (
        ("products", [product.id for product in assessment.products or ()]),
        ("measures", [measure.id for measure in assessment.measures or ()]),
        ("groups", [group.id for group in assessment.groups or ()]),
        ("scenarios", [scenario.id for scenario in assessment.scenarios or ()]),
    ):
        first: dict[str, int] = {}
        for position, name in enumerate(ids):
            if name in first:
                related = (("first-given-here", (section, first[name], "id")),)
                scope.diagnostics.append(
                    Diagnostic(
                        "duplicate-id", (section, position, "id"), {"id": name}, related=related
                    )
                )
            first.setdefault(name, position)


def _gwps(
    scope: Scope, library: Library, streams: Mapping[str, Stream]
) -> dict[str, Figure] | None:
    """The GWPs of the gases that occur; those of other gases are not cited."""
    name = scope.basis.gwp
    if name is None:
        return None
    found = library.gwps(name)
    if isinstance(found, Diagnostic):
        scope.diagnostics.append(found._replace(path=("basis", "gwp")))
        return None
    return {
        gas: cited_figure(library.cite(found[gas], "gwp"))
        for gas in _gases(scope, streams)
        if gas in found
    }


def _gases(scope: Scope, streams: Mapping[str, Stream]) -> Iterator[str]:
    """Every substance that a stream emits or is."""
    seen = dict.fromkeys(term.substance for stream in streams.values() for term in stream.terms)
    for stream in streams.values():
        if stream.treatments:
            seen.setdefault("CH4")
    for written in (scope.assessment.streams or {}).values():
        if written.gas is not None:
            seen.setdefault(substance_of(written.gas))
    yield from seen
