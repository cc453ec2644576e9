"""Checks: what a file says against itself, after it has been linked and calculated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cpcalc.checks import benchmarks, flows, measures, money
from cpcalc.checks.benchmarks import Plausible
from cpcalc.checks.reviewed import Reviewed
from cpcalc.diagnostics import Diagnostic, catalogue

__all__ = ["BASIC", "CHECKS", "FULL", "Check", "Reviewed", "review", "was_looked_for"]

# basic: contradictions inside the file; full: also comparisons with benchmarks and plausible bands.
BASIC, FULL = "basic", "full"


class Check(NamedTuple):
    """One check: the function, and how deep it goes."""

    run: Callable[..., Iterator[Diagnostic]]  # of what is reviewed; a full check takes bands too
    tier: str

    @property
    def name(self) -> str:
        """The diagnostic that it can give: its function is called after that."""
        return self.run.__name__.replace("_", "-")


_BASIC_CHECKS = (
    flows.reduction_above_baseline, flows.parts_above_whole, flows.production_above_capacity,
    flows.carrier_counted_twice, flows.dilution, flows.unused_stream,
    money.cost_mismatch, money.implied_price, money.million_missing, money.fuel_without_price,
    money.cost_class_mismatch, money.saving_dwarfs_investment, money.identical_savings,
    measures.measure_without_effect, measures.co2_without_energy, measures.filter_as_prevention,
    measures.reported_as_achieved, measures.verified_without_verification,
    measures.payback_above_lifetime, measures.group_below_members,
    measures.parts_do_not_sum, flows.hours_and_days,
)  # fmt: skip
_FULL_CHECKS = (
    benchmarks.price_outside_band, benchmarks.consumption_outside_band, benchmarks.implied_factor,
)  # fmt: skip
CHECKS = *(Check(run, BASIC) for run in _BASIC_CHECKS), *(Check(run, FULL) for run in _FULL_CHECKS)


def review(reviewed: Reviewed, plausible: Plausible | None) -> Iterator[Diagnostic]:
    """All checks in their order; those of the full tier only with what they compare with."""
    for check in CHECKS:
        if check.tier == BASIC:
            yield from check.run(reviewed)
        elif plausible is not None:
            yield from check.run(reviewed, plausible)


def was_looked_for(name: str, tier: str | None) -> bool:
    """Whether a problem of this name would have been found; ``tier`` None: no check has run."""
    if name not in catalogue():
        return True
    tiers = {check.tier for check in CHECKS if check.name == name}
    return not tiers or tier == FULL or (tier == BASIC and BASIC in tiers)
