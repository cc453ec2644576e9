"""What a page says of bills: the months read, and savings beside a higher output."""

from __future__ import annotations

from collections.abc import Iterator

from cpcalc.figures import Figure
from cpcalc.report.layout import Chart, harmless
from cpcalc.report.numbers import shown
from cpcalc.results import AssessmentResult
from cpcalc.texts import title, word


def bill_notes(result: AssessmentResult, language: str) -> Iterator[str]:
    """Which months a quantity was read in; what is saved per product of which more is made."""
    for stream in result.streams:
        name, months = harmless(title(stream.name, language)), stream.readings
        if months:
            span = {"first": months[0].month, "last": months[-1].month}
            yield word("months-read", language, stream=name, count=len(months), **span)
        normalised = stream.normalised_saving
        if isinstance(normalised, Figure) and normalised.value:
            saving = shown(normalised, language)
            yield word("normalised-saving", language, stream=name, saving=saving)


def month_charts(result: AssessmentResult, language: str) -> Iterator[Chart]:
    """What was read month by month, a bar for each."""
    for stream in result.streams:
        if stream.readings:
            name = f"{word('readings', language)}: {harmless(title(stream.name, language))}"
            yield Chart(name, [(month.month, month.quantity) for month in stream.readings])
