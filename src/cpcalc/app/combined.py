"""Several assessments side by side: what they add up to, currency by currency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from cpcalc.engine.lines import BundleEntry, total_line
from cpcalc.engine.sums import sum_by_name
from cpcalc.figures import Figure, NotApplicable
from cpcalc.report.bounds import with_bounds
from cpcalc.report.combined import Sum
from cpcalc.results import AssessmentResult


def combine(results: Sequence[AssessmentResult]) -> Sum:
    """Add up the totals of assessments. Currencies are never mixed: each has its own line.

    What a sum misses is named with the enterprise whose file misses it: ``HD-02: measures.m1.investment``.
    """
    results = [_named(result) for result in results]
    groups: dict[str, list[AssessmentResult]] = {}
    for result in results:
        groups.setdefault(result.basis.currency or "", []).append(result)
    by_currency = {
        currency: (
            len(group),
            total_line([_entry(item) for item in group]),
        )
        for currency, group in groups.items()
    }
    whole = Sum(
        len(results),
        by_currency,
        sum_by_name([result.totals.reductions for result in results]),
    )
    return with_bounds(whole)[0] if any(result.has_bounds for result in results) else whole


def _entry(result: AssessmentResult) -> BundleEntry:
    count = result.totals.measures_counted or 0
    return BundleEntry(f"{result.enterprise['id']}: totals", "", result.totals, count)


def _named(result: AssessmentResult) -> AssessmentResult:
    return result._replace(totals=_with_owner(result.totals, str(result.enterprise["id"])))


def _with_owner(node: Any, owner: str) -> Any:
    """The same records; the paths of what figures miss begin with their owner."""
    if isinstance(node, NotApplicable):
        return node._replace(missing=tuple(f"{owner}: {path}" for path in node.missing))
    if isinstance(node, Figure):
        return replace(node, missing=tuple(f"{owner}: {path}" for path in node.missing))
    if isinstance(node, Mapping):
        return {key: _with_owner(value, owner) for key, value in node.items()}
    if isinstance(node, tuple):
        parts = [_with_owner(item, owner) for item in node]
        return type(node)(*parts) if hasattr(node, "_fields") else tuple(parts)
    return node
