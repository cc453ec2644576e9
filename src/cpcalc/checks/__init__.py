"""Checks: what a file says against itself, after it has been linked and calculated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cpcalc.checks import benchmarks, flows, measures, money
from cpcalc.checks.benchmarks import Plausible
from cpcalc.checks.reviewed import Reviewed
from cpcalc.diagnostics import Diagnostic, catalogue

__all__ = ["BASIC", "CHECKS", "FULL", "TIERS", "Check", "Reviewed", "review", "was_looked_for"]

# basic: contradictions inside the file; full: also comparisons with benchmarks and plausible bands.
BASIC, FULL = "basic", "full"
TIERS = (BASIC, FULL)


class Check(NamedTuple):
    """One check: the diagnostics it can give, how deep it goes, and the function."""

    names: tuple[str, ...]
    tier: str
    run: Callable[..., Iterator[Diagnostic]]  # of what is reviewed; a full check takes bands too


CHECKS: tuple[Check, ...] = (
    Check(("reduction-above-baseline",), BASIC, flows.reduction_above_baseline),
    Check(("parts-above-whole",), BASIC, flows.parts_above_whole),
    Check(("production-above-capacity",), BASIC, flows.production_above_capacity),
    Check(("carrier-counted-twice",), BASIC, flows.carrier_counted_twice),
    Check(("dilution",), BASIC, flows.dilution),
    Check(("unused-stream",), BASIC, flows.unused_stream),
    Check(("cost-mismatch",), BASIC, money.cost_mismatch),
    Check(("implied-price",), BASIC, money.implied_price),
    Check(("million-missing",), BASIC, money.million_missing),
    Check(("fuel-without-price",), BASIC, money.fuel_without_price),
    Check(("cost-class-mismatch",), BASIC, money.cost_class_mismatch),
    Check(("saving-dwarfs-investment",), BASIC, money.saving_dwarfs_investment),
    Check(("identical-savings",), BASIC, money.identical_savings),
    Check(("measure-without-effect",), BASIC, measures.measure_without_effect),
    Check(("co2-without-energy",), BASIC, measures.co2_without_energy),
    Check(("filter-as-prevention",), BASIC, measures.filter_as_prevention),
    Check(("reported-as-achieved",), BASIC, measures.reported_as_achieved),
    Check(("payback-above-lifetime",), BASIC, measures.payback_above_lifetime),
    Check(("group-below-members",), BASIC, measures.group_below_members),
    Check(("parts-do-not-sum",), BASIC, measures.parts_do_not_sum),
    Check(("hours-and-days",), BASIC, flows.hours_and_days),
    Check(("price-outside-band",), FULL, benchmarks.price_outside_band),
    Check(("consumption-outside-band",), FULL, benchmarks.consumption_outside_band),
    Check(("implied-factor",), FULL, benchmarks.implied_factor),
)


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
    tiers = {check.tier for check in CHECKS if name in check.names}
    return not tiers or tier == FULL or (tier == BASIC and BASIC in tiers)
