"""Several assessments side by side: what they add up to, currency by currency."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cpcalc.calc.money import net_investment
from cpcalc.engine.lines import line_of
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme.totals import add, has_money, missing_of
from cpcalc.report.combined import Sum
from cpcalc.results import AssessmentResult, Figures, Investment, Line, StandAlone, figures_of
from cpcalc.rows import investments

SAVINGS = ("annual_saving", "annual_net_saving")
OF_SAVINGS = (*SAVINGS, *(f"stand_alone.{name}" for name in SAVINGS))
FAMILIES = ("savings", "other_benefits", "reductions", "stated_reductions", "lifetime_reductions")
INCOMPLETE = NotApplicable("incomplete", "field-missing")


def combine(results: Sequence[AssessmentResult]) -> Sum:
    """Add up the totals of assessments. Currencies are never mixed: each has its own line.

    What a sum misses is named with the enterprise whose file misses it: ``HD-02:
    measures.m1.investment``.
    """
    groups: dict[str, list[AssessmentResult]] = {}
    for result in results:
        groups.setdefault(result.basis.currency or "", []).append(result)
    by_currency = {currency: (len(group), _line_of(group)) for currency, group in groups.items()}
    owned = [_owned(result) for result in results]
    reductions = _in_order(add(owned).figures, owned)
    return Sum(len(results), by_currency, _family(reductions, "reductions"))


def _owned(result: AssessmentResult) -> dict[str, Reported]:
    """The figures of an assessment's totals; the paths of what they miss begin with their owner."""
    owner = str(result.enterprise["id"])
    own_totals = result.totals._replace(end_of_pipe=None, economics=None)
    found: dict[str, Reported] = {}
    for name, figure in figures_of(own_totals).items():
        missing = tuple(f"{owner}: {path}" for path in figure.missing)
        if isinstance(figure, Figure):
            found[name] = replace(figure, missing=missing)
        else:
            found[name] = figure._replace(missing=missing)
    return found


def _line_of(group: Sequence[AssessmentResult]) -> Line:
    """The line that assessments in one currency add up to."""
    owned = [_owned(result) for result in group]
    with_money = [figures for figures in owned if has_money(figures)]
    lacking = tuple(
        f"{result.enterprise['id']}: totals.investment"
        for result, figures in zip(group, owned, strict=True)
        if "investment" not in figures and (has_money(figures) or not with_money)
    )
    if with_money:  # who says nothing of money misses none
        owned = [figures if has_money(figures) else _without_savings(figures) for figures in owned]
    total = add(owned)
    figures = _in_order(total.figures, owned)
    investment = _investment(figures, with_money, lacking)
    capital: Reported = INCOMPLETE._replace(missing=lacking)
    grant = figures.get("grant")
    if investment is not None:
        capital = investment.converted
        capital = capital if grant is None else net_investment(capital, grant)
    of_complete = total.simple_payback_of_complete or INCOMPLETE
    alone = {name: figures.get(f"stand_alone.{name}", INCOMPLETE) for name in SAVINGS}
    return line_of(
        capital=capital,
        annual_saving=figures["annual_saving"],
        running_cost=figures.get("running_cost"),
        investment=investment,
        grant=grant if isinstance(grant, Figure) else None,
        overlap=figures.get("overlap"),
        stand_alone=StandAlone(_family(figures, "stand_alone.savings"), **alone),
        simple_payback_of_complete=None if total.complete == total.with_money else of_complete,
        measures_counted=sum(result.totals.measures_counted or 0 for result in group),
        **{name: _family(figures, name) for name in FAMILIES},
        **{name: _by_scope(figures, name) for name in ("avoided_emissions", "lifetime_avoided")},
    )


def _without_savings(figures: Figures) -> dict[str, Reported]:
    return {name: figure for name, figure in figures.items() if name not in OF_SAVINGS}


def _in_order(sums: Figures, parts: Sequence[Figures]) -> dict[str, Reported]:
    """Sums in the order in which the parts name them."""
    order = dict.fromkeys(name for figures in parts for name in figures)
    return {name: sums[name] for name in order if name in sums}


def _investment(
    sums: Figures, with_money: Sequence[Figures], lacking: tuple[str, ...]
) -> Investment | None:
    """The investment of all; what enterprises with money do not state is missing from it."""
    if "investment" not in sums:
        return None
    stated = [figures["investment"] for figures in with_money if "investment" in figures]
    reasons = [item for item in stated if isinstance(item, NotApplicable)]
    converted = sums["investment"]
    if reasons:
        converted = NotApplicable("incomplete", "rate-missing", missing_of(reasons))
    counts = len(with_money) - len(lacking), len(with_money)
    amounts = [_lacking(amount, counts, lacking) for amount in investments(sums).values()]
    known = tuple(amount for amount in amounts if isinstance(amount, Figure))
    return Investment(known, _lacking(converted, counts, lacking))


def _lacking(figure: Reported, counts: tuple[int, int], missing: tuple[str, ...]) -> Reported:
    """A sum marked as that of the enterprises that state it."""
    if not missing:
        return figure
    both = (*figure.missing, *missing)
    if isinstance(figure, NotApplicable):
        return figure._replace(missing=both)
    return replace(figure, counted=counts[0], of=counts[1], missing=both)


def _family(figures: Figures, key: str) -> dict[str, Reported]:
    """The figures of a family by what stands after the dot."""
    prefix = f"{key}."
    return {
        name.removeprefix(prefix): figure
        for name, figure in figures.items()
        if name.startswith(prefix)
    }


def _by_scope(figures: Figures, key: str) -> dict[str, dict[str, Reported]]:
    found: dict[str, dict[str, Reported]] = {}
    for name, figure in _family(figures, key).items():
        scope, _, gas = name.partition(".")
        found.setdefault(scope, {})[gas] = figure
    return found
