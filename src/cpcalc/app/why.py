"""The use case behind `why`: one figure of one assessment, and where it comes from."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.checks.expectations import figure_at
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.why import Sources
from cpcalc.results import AssessmentResult, Economics, Line


class Explanation(NamedTuple):
    """A figure and its sources; without a figure the names nearest to the one asked for."""

    outcome: Outcome
    figure: Reported | None
    sources: Sources
    nearest: tuple[str, ...]


def explain(file: str, name: str, options: Options) -> Explanation:
    """Assess a file and find the figure ``name``, a JSON path with ids such as ``measures.m3.simple_payback``."""
    outcome = assess_file(file, options)
    result = outcome.result
    if result is None:
        return Explanation(outcome, None, Sources(lambda _: "", {}), ())
    sources = Sources(
        _placed_in(outcome), {factor.reference: factor.citation for factor in result.factors}
    )
    figure = figure_at(result, name)
    nearest = (
        ()
        if figure is not None
        else tuple(difflib.get_close_matches(name, list(names(result)), n=5, cutoff=0.4))
    )
    return Explanation(outcome, figure, sources, nearest)


def _placed_in(outcome: Outcome) -> Any:
    def place(path: Any) -> str:
        span = outcome.document.place(path) if outcome.document is not None else None
        file = outcome.name.replace("\\", "/")
        return f"{file}:{span.line}:{span.column}" if span is not None else file

    return place


def names(result: AssessmentResult) -> Iterator[str]:
    """The names of the figures that a result has."""
    for stream in result.streams:
        yield from (f"streams.{stream.id}.{part}" for part in ("baseline", "after", "saving"))
    for measure in result.measures:
        yield from _of_line(f"measures.{measure.id}", measure.line)
    for group in result.groups:
        yield from _of_line(f"groups.{group.id}", group.line)
    yield from _of_line("totals", result.totals)
    for status, line in result.totals_by_status.items():
        yield from _of_line(f"totals_by_status.{status}", line)
    if result.whole_enterprise is not None:
        yield from _of_line("whole_enterprise", result.whole_enterprise.line)
        yield from (
            f"whole_enterprise.life_cycle_cost.{part}" for part in ("before", "after", "saving")
        )


def _of_line(prefix: str, line: Line) -> Iterator[str]:
    if line.investment is not None:
        yield f"{prefix}.investment"
        yield from (f"{prefix}.investment.{amount.unit}" for amount in line.investment.amounts)
    for part in (
        "running_cost",
        "annual_saving",
        "annual_net_saving",
        "simple_payback",
        "overlap",
        "order_free_saving",
    ):
        if getattr(line, part) is not None:
            yield f"{prefix}.{part}"
    for part in ("savings", "other_benefits", "reductions", "stated_reductions"):
        yield from (f"{prefix}.{part}.{kind}" for kind in getattr(line, part))
    if isinstance(line.economics, Economics):
        found = line.economics._asdict().items()
        yield from (
            f"{prefix}.economics.{part}"
            for part, figure in found
            if isinstance(figure, Figure | NotApplicable)
        )
    for scope, gases in line.avoided_emissions.items():
        yield from (f"{prefix}.avoided_emissions.{scope}.{gas}" for gas in gases)
