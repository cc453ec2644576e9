"""A group's money counts as a whole or not at all; what does not count is shown apart."""

from __future__ import annotations

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure, NotApplicable
from cpcalc.results import AssessmentResult
from cpcalc.rows import bundle_of

TEXT = """cpcalc: 1
enterprise: {id: a, name: A}
data-status: draft
measures:
  - {id: m1, title: One, status: implemented, benefits: [{saves: 1 million VND/year, as: energy}]}
  - {id: m2, title: Two, status: planned, benefits: [{saves: 2 million VND/year, as: energy}]}
groups:
  - {id: phase-1, title: P, count: 5, measures: [m1], investment: 3 million VND, annual-saving: 7 million VND/year}
  - {id: never, title: Rejected, status: rejected, measures: [m2], annual-saving: 50 million VND/year}
"""


def result(statuses: frozenset[str] | None = None) -> AssessmentResult:
    outcome = assess(TEXT.encode(), "plant.yaml", Options(statuses=statuses))
    assert outcome.result is not None
    return outcome.result


def saving(found: AssessmentResult) -> float:
    assert isinstance(found.totals.annual_saving, Figure)
    return found.totals.annual_saving.value


def test_a_rejected_group_counts_its_members_one_by_one() -> None:
    found = result()
    assert saving(found) == 7e6 + 2e6
    assert [group.in_bundle for group in found.groups] == [True, False]
    assert found.totals.measures_counted == 5 + 1


def test_selected_statuses_select_groups_too() -> None:
    assert saving(result(frozenset({"implemented"}))) == 7e6
    assert saving(result(frozenset({"planned"}))) == 2e6
    assert isinstance(result(frozenset({"verified"})).totals.annual_saving, NotApplicable)


def test_end_of_pipe_stays_apart_in_a_group_too() -> None:
    """The lines that the tables show, the charts rank and the totals add are the same."""
    text = TEXT.replace("measures: [m1],", "measures: [m1, filter],").replace(
        "groups:\n",
        "  - {id: filter, title: F, type: end-of-pipe, status: implemented, investment: 2 million VND, running-cost: 1 million VND/year}\n"
        "groups:\n",
    )
    outcome = assess(text.encode(), "plant.yaml", Options())
    assert outcome.result is not None
    found = outcome.result
    bundle = bundle_of(found.measures, found.groups)
    assert [measure.id for measure in bundle.end_of_pipe] == ["filter"]
    assert [measure.id for measure in bundle.measures] == ["m1", "m2"]
    assert saving(found) == saving(result())
    last = found.totals.end_of_pipe
    filter_line = bundle.end_of_pipe[0].line
    assert last is not None
    assert last.investment is not None
    assert filter_line.investment is not None
    assert last.investment.converted == filter_line.investment.converted
