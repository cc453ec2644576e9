"""Several assessments side by side: what they add up to, currency by currency."""

from __future__ import annotations

from collections.abc import Sequence

from cpcalc.engine.sums import sum_by_name
from cpcalc.engine.totals import Entry, total_line
from cpcalc.figures import Workings
from cpcalc.report.bounds import with_bounds
from cpcalc.report.combined import Sum
from cpcalc.results import AssessmentResult


def combine(results: Sequence[AssessmentResult]) -> Sum:
    """Add up the totals of assessments. Currencies are never mixed: each has its own line."""
    workings = Workings()
    groups: dict[str, list[AssessmentResult]] = {}
    for result in results:
        groups.setdefault(result.basis.currency or "", []).append(result)
    by_currency = {
        currency: (len(group), total_line(workings, [_entry(item) for item in group], measures_counted=_counted(group)))
        for currency, group in groups.items()
    }
    whole = Sum(len(results), by_currency, sum_by_name(workings, [result.totals.reductions for result in results]))
    return with_bounds(whole)[0] if any(result.has_bounds for result in results) else whole


def _entry(result: AssessmentResult) -> Entry:
    return Entry(str(result.enterprise["id"]), "", result.totals)


def _counted(group: Sequence[AssessmentResult]) -> int:
    return sum(result.totals.measures_counted or 0 for result in group)
