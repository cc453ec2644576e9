"""Checks: what a file says against itself, after it has been linked and calculated."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cpcalc.codes import CATALOGUE
from cpcalc.diagnostics import Diagnostic
from cpcalc.resolve.model import Resolved
from cpcalc.results import AssessmentResult
from cpcalc.schema.assessment import Assessment

__all__ = ["BASIC", "CHECKS", "FULL", "TIERS", "Check", "review", "was_looked_for"]

# basic: contradictions inside the file; full: comparisons with benchmarks and plausible bands, which need data files.
BASIC, FULL = "basic", "full"
TIERS = (BASIC, FULL)


class Check(NamedTuple):
    """One check: the diagnostics it can give, how deep it goes, and the function."""

    names: tuple[str, ...]
    tier: str
    run: Callable[[Assessment, Resolved, AssessmentResult], Iterator[Diagnostic]]


CHECKS: tuple[Check, ...] = ()


def review(assessment: Assessment, resolved: Resolved, result: AssessmentResult, tier: str) -> Iterator[Diagnostic]:
    """All checks up to a tier, in their order."""
    for check in CHECKS:
        if check.tier == BASIC or tier == FULL:
            yield from check.run(assessment, resolved, result)


def was_looked_for(name: str, tier: str | None) -> bool:
    """Whether a problem of this name would have been found, were it there; ``tier`` None: no check has run."""
    if name not in CATALOGUE:
        return True
    tiers = {check.tier for check in CHECKS if name in check.names}
    return not tiers or tier == FULL or (tier == BASIC and BASIC in tiers)
