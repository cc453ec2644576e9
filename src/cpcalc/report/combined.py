"""Several assessments side by side, as a page and as JSON data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cpcalc.figures import Reported
from cpcalc.report.json_result import line_data, written
from cpcalc.report.layout import Block, Heading, Notes, harmless
from cpcalc.report.tables import NamedLine, kinds_table, money_table
from cpcalc.report.words import title, word
from cpcalc.results import AssessmentResult, Line


class Combined(NamedTuple):
    """What several assessments add up to: money by report currency, reductions over all."""

    assessments: int
    by_currency: Mapping[str, tuple[int, Line]]
    reductions: Mapping[str, Reported]


def combined_page(
    results: Sequence[AssessmentResult], whole: Combined, failed: int, language: str
) -> Iterator[Block]:
    """One row for each assessment, a table for each currency, and what could not be counted."""
    statuses = ", ".join(dict.fromkeys(word(result.data_status, language) for result in results))
    invented = any(result.data_status in ("reconstructed", "draft") for result in results)
    count = word("results-of", language, count=whole.assessments)
    under = f"{count}. {word('data-status', language)}: {statuses}"
    yield Heading(word("combined", language), under, is_warning=invented)
    for currency, (_, line) in whole.by_currency.items():
        entries = [
            _entry(result, language)
            for result in results
            if (result.basis.currency or "") == currency
        ]
        yield money_table("combined-money", entries, line, language, "enterprise")
    rows = [(str(result.enterprise["id"]), result.totals.reductions) for result in results]
    rows.append((word("total", language), whole.reductions))
    yield from kinds_table("reductions", rows, language)
    if failed:
        yield Notes((word("failed", language, count=failed),))


def _entry(result: AssessmentResult, language: str) -> NamedLine:
    return NamedLine(
        str(result.enterprise["id"]),
        harmless(title(result.enterprise["name"], language)),
        result.totals,
    )


def combined_data(whole: Combined) -> dict[str, Any]:
    """The sums as JSON data."""
    return {
        "assessments": whole.assessments,
        "by_currency": {
            currency: {"assessments": count, **line_data(line)}
            for currency, (count, line) in whole.by_currency.items()
        },
        "reductions": written(whole.reductions, "reductions"),
    }
