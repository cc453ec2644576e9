"""The use case behind `why`: one figure of one assessment, and where it comes from."""

from __future__ import annotations

import difflib
from functools import partial
from typing import Any, NamedTuple

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.figures import Reported
from cpcalc.report.why import Sources
from cpcalc.results import NOT_STATED, figures_by_path

# How many names are offered instead of one that is not there, and how like it they must be.
MOST_NEAREST, LEAST_LIKENESS = 5, 0.4


class Explanation(NamedTuple):
    """A figure and its sources; without a figure the names nearest to the one asked for."""

    outcome: Outcome
    figure: Reported | None
    sources: Sources
    nearest: tuple[str, ...]


def explain(file: str, name: str, options: Options) -> Explanation:
    """Assess a file and find the figure ``name``, a JSON path with ids such as
    ``measures.m3.simple_payback``."""
    outcome = assess_file(file, options)
    result = outcome.result
    if result is None:
        return Explanation(outcome, None, Sources(lambda _: "", {}), ())
    citations = {factor.reference: factor.citation for factor in result.factors}
    sources = Sources(partial(_place, outcome), citations)
    figures = figures_by_path(result)
    figure = figures.get(name.removesuffix(".converted"))
    if figure is not None:
        return Explanation(outcome, figure, sources, ())
    known = [
        path
        for path, other in figures.items()
        if other is not NOT_STATED and ".stand_alone." not in path
    ]
    nearest = difflib.get_close_matches(name, known, n=MOST_NEAREST, cutoff=LEAST_LIKENESS)
    return Explanation(outcome, None, sources, tuple(nearest))


def _place(outcome: Outcome, path: Any) -> str:
    span = outcome.document.place(path) if outcome.document is not None else None
    file = outcome.name.replace("\\", "/")
    return f"{file}:{span.line}:{span.column}" if span is not None else file
