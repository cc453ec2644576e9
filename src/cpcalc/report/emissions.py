"""Emissions on the page: by gas and scope, over the measures' lives, and their factors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cpcalc.figures import Figure, Reported
from cpcalc.report.layout import Cell, harmless
from cpcalc.report.words import word
from cpcalc.results import AssessmentResult, FactorUsed, Figures, Line
from cpcalc.units import shown

# Shown as reductions already: what leaves the plant's own stacks of these.
AMONG_REDUCTIONS = frozenset({"TSP", "SO2", "NOx", "COD", "BOD", "TSS"})
SCOPES = (
    "scope_1", "scope_2_location", "scope_2_market", "scope_3", "biogenic", "generated", "on_site",
    "off_site",
)  # fmt: skip
GRID = "grid-electricity"


def by_gas(named: Sequence[tuple[str, Line]], language: str) -> list[tuple[str, Figures]]:
    """Avoided emissions of rows by gas and scope; nothing where the reductions say it all."""
    rows = [(name, dict(_of_line(line, language))) for name, line in named]
    labels = dict.fromkeys(label for _, figures in rows for label in figures)
    alone = {f"CO2 {word(scope, language)}" for scope in ("scope_1", "scope_2_location")}
    return [] if len(labels) <= 1 and set(labels) <= alone else [row for row in rows if labels]


def _of_line(line: Line, language: str) -> Iterator[tuple[str, Reported]]:
    avoided = line.avoided_emissions
    for scope in SCOPES:
        for substance, figure in avoided.get(scope, {}).items():
            if scope == "on_site" and substance in AMONG_REDUCTIONS:
                continue
            if scope == "generated" and _same(figure, avoided.get("on_site", {}).get(substance)):
                continue
            name = word("dust", language) if substance == "TSP" else shown(substance)
            yield f"{name} {word(scope, language)}", figure


def _same(one: Reported, other: Reported | None) -> bool:
    return isinstance(one, Figure) and isinstance(other, Figure) and one.value == other.value


def over_lives(line: Line, language: str) -> Iterator[tuple[str, Cell]]:
    """CO2 and CO2e over the measures' lives: an amount, not a rate."""
    for name, figure in line.lifetime_reductions.items():
        yield word("over-lives", language, gas=word(name, language)), figure


def electricity_factors(result: AssessmentResult, language: str) -> Iterator[tuple[str, Cell]]:
    """The factor of grid electricity in words: its value, year and type, and why it was chosen."""
    for used in result.factors:
        if _is_electricity(used):
            reason = f"; {harmless(used.because)}" if used.because else ""
            yield word("electricity-factor", language), f"{used.text}, {used.reference}{reason}"


def notes(result: AssessmentResult, language: str) -> Iterator[str]:
    """What a reader must know of the factors: reasons, the unverified, the grid over lives."""
    for used in result.factors:
        if used.because is not None and not _is_electricity(used):
            yield word(
                "chosen-because", language, factor=used.reference, because=harmless(used.because)
            )
    doubtful = [used.reference for used in result.factors if used.quality == "unverified"]
    if doubtful:
        yield word("unverified", language, factors=", ".join(doubtful))
    if result.totals.lifetime_reductions and _has_grid(result.factors):
        decline = result.basis.grid_decline
        key = "grid-declines" if decline is not None else "grid-constant"
        yield word(key, language, share=decline)


def _is_electricity(used: FactorUsed) -> bool:
    return used.kind == GRID and "#CO2" in used.reference


def _has_grid(factors: Sequence[FactorUsed]) -> bool:
    return any(used.kind == GRID for used in factors)
