"""Several assessments side by side: what they add up to, currency by currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cpcalc.engine.lines import BundleEntry, total_line
from cpcalc.figures import Figure, Reported
from cpcalc.report.enterprises import Combined
from cpcalc.results import AssessmentResult, with_bounds, with_figures
from cpcalc.sums import sum_by_name


def combine(results: Sequence[AssessmentResult]) -> Combined:
    """Add up the totals of assessments. Currencies are never mixed: each has its own line."""
    entries = [_entry(result) for result in results]
    by_currency: dict[str, list[BundleEntry]] = {}
    for result, entry in zip(results, entries, strict=True):
        by_currency.setdefault(result.basis.currency or "", []).append(entry)
    combined = Combined(
        len(results),
        {currency: (len(group), total_line(group)) for currency, group in by_currency.items()},
        sum_by_name(entry.line.reductions for entry in entries),
    )
    return with_bounds(combined)


def _entry(result: AssessmentResult) -> BundleEntry:
    """The totals of an assessment; what they miss is named with the enterprise whose file misses
    it: ``HD-02: measures.m1.investment``."""
    owner = str(result.enterprise["id"])

    def owned(figure: Reported) -> Reported:
        missing = tuple(f"{owner}: {path}" for path in figure.missing)
        if isinstance(figure, Figure):
            return replace(figure, missing=missing)
        return figure._replace(missing=missing)

    totals = result.totals._replace(end_of_pipe=None, economics=None)
    counted = totals.measures_counted or 0
    return BundleEntry(f"{owner}: totals", "", with_figures(totals, owned), counted)
