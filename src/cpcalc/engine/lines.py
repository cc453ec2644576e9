"""Lines of the summary: what a measure, a group or a total invests and saves, and what follows."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cpcalc import sums
from cpcalc.calc import money
from cpcalc.calc.savings import difference, total
from cpcalc.engine import contributions
from cpcalc.engine.contributions import NO_SAVING_STATED, Contribution
from cpcalc.figures import (
    Figure,
    NotApplicable,
    Reported,
    figures_in,
    is_whole,
    joined,
    lacking,
)
from cpcalc.resolve.model import LinkedGroup, LinkedMeasure, StatedSaving
from cpcalc.results import Figures, Investment, Line, StandAlone

# Families of figures that add up name by name, and those that do so scope by scope, with the
# reductions that they are part of.
BY_NAME = ("savings", "other_benefits", "reductions", "stated_reductions", "lifetime_reductions")
PARTS_OF_REDUCTIONS = {"avoided_emissions": "reductions", "lifetime_avoided": "lifetime_reductions"}
FACTORS = ".emission-factors"


class BundleEntry(NamedTuple):
    """One line that a total adds: a group, or a measure in none."""

    place: str  # "measures.m3" or "groups.g1"
    status: str
    line: Line
    measures: int = 1  # how many measures it stands for

    @property
    def is_complete(self) -> bool:
        """Whether both its investment and its saving are fully known."""
        investment = self.line.investment and self.line.investment.converted
        return is_whole(investment) and is_whole(self.line.annual_saving)


def measure_line(inside: Contribution, alone: Contribution) -> Line:
    """The line of one measure from what it brings in the bundle and, beside it, alone."""
    measure = inside.measure
    gross, gross_alone = inside.annual_saving(), alone.annual_saving()
    net_alone = net_of(gross_alone, measure.running_cost)
    avoided = inside.avoided()
    over_life = inside.lifetime_avoided() if inside.resolved.has_lifetimes else {}
    return line_of(
        f"measures.{measure.id}.investment",
        investment=measure.investment,
        grant=measure.grant,
        running_cost=measure.running_cost,
        savings=inside.savings(),
        annual_saving=gross,
        other_benefits=by_category(measure.other_benefits),
        reductions=inside.reduced(avoided),
        stated_reductions=_stated(measure),
        avoided_emissions=avoided,
        stand_alone=StandAlone(alone.savings(), gross_alone, net_alone),
        overlap=difference(gross_alone, gross) if is_stated(gross) else None,
        lifetime_avoided=over_life,
        lifetime_reductions=inside.greenhouse(over_life) if inside.resolved.has_lifetimes else {},
    )


def group_line(group: LinkedGroup, members: Sequence[tuple[LinkedMeasure, Line]]) -> Line:
    """A group's line: its own money replaces the sum of its members'.

    What its own annual saving exceeds the members' by is ``unspecified``.
    """
    lines = [line for _, line in members]
    families = _families(lines)
    savings = families["savings"] | by_category(group.benefits)
    gross = _saving_of_group(group, lines, savings)
    running_cost = group.running_cost or sums.sum_known(item.running_cost for item, _ in members)
    members_alone = [line.stand_alone.savings for line in lines if line.stand_alone is not None]
    alone = sums.sum_by_name(members_alone) | by_category(group.benefits)
    gross_alone = sums.add_reported([gross, *_overlaps(lines)])
    unspecified = _unspecified(group, savings)
    if unspecified is not None:
        own = savings.get("unspecified")
        savings["unspecified"] = total(own, unspecified) if isinstance(own, Figure) else unspecified
        own_alone = [alone["unspecified"]] if "unspecified" in alone else []
        alone["unspecified"] = sums.add_reported([*own_alone, unspecified])
    families["savings"] = savings
    for name, of_group in (
        ("other_benefits", by_category(group.other_benefits)),
        ("stated_reductions", _stated(group)),
    ):
        families[name] = sums.sum_by_name([of_group, *(getattr(line, name) for line in lines)])
    paying = [(f"measures.{measure.id}", line) for measure, line in members if has_money(line)]
    investment = group.investment or _invested(paying)
    grant = group.grant or sums.sum_known(measure.grant for measure, _ in members)
    return line_of(
        f"groups.{group.id}.investment",
        **families,
        investment=investment,
        grant=grant,
        running_cost=running_cost,
        annual_saving=gross,
        stand_alone=StandAlone(alone, gross_alone, net_of(gross_alone, running_cost)),
    )


def total_line(entries: Sequence[BundleEntry]) -> Line:
    """The line that entries add up to; the payback of a total is the ratio of sums."""
    lines = [entry.line for entry in entries]
    with_money = [entry for entry in entries if has_money(entry.line)]
    complete = [entry for entry in with_money if entry.is_complete]
    counting = with_money or entries
    gross: Reported = NotApplicable("incomplete", "no-money-stated", ("measures",))
    if counting:
        gross = sums.add_reported([entry.line.annual_saving for entry in counting])
    running = [line.running_cost for line in lines if line.running_cost is not None]
    investment, grant = _capital_of_total(with_money)
    lacking = [f"{entry.place}.investment" for entry in counting] or ["measures"]
    return line_of(
        *lacking,
        **_families(lines),
        investment=investment,
        grant=grant,
        running_cost=sums.add_reported(running) if running else None,
        annual_saving=gross,
        stand_alone=_total_alone(counting),
        simple_payback_of_complete=None if complete == with_money else _payback_of(complete),
        measures_counted=sum(entry.measures for entry in entries),
    )


def line_of(*lacking: str, **known: Any) -> Line:
    """A line with what follows from its money; ``lacking`` are the fields of an investment that is
    not there.

    Avoided emissions are marked as the reductions are that they are part of.
    """
    net = net_of(known["annual_saving"], known["running_cost"])
    capital = capital_of(known["investment"], known["grant"], *lacking)
    benefits = figures_in(known["other_benefits"].values())
    for part, whole in PARTS_OF_REDUCTIONS.items():
        known[part] = marked_as(known[whole], known[part])
    return Line(
        **known,
        annual_net_saving=net,
        simple_payback=sums.payback(capital, net),
        simple_payback_with_other_benefits=sums.payback(capital, total(net, *benefits)),
    )


def _families(lines: Sequence[Line]) -> dict[str, Any]:
    """What lines save, avoid and lose to each other, added up name by name."""
    families: dict[str, Any] = {
        name: sums.sum_by_name(getattr(line, name) for line in lines) for name in BY_NAME
    }
    for name in PARTS_OF_REDUCTIONS:
        families[name] = sums.sum_by_scope(getattr(line, name) for line in lines)
    overlaps = _overlaps(lines)
    return families | {"overlap": sums.add_reported(overlaps) if overlaps else None}


def _overlaps(lines: Sequence[Line]) -> list[Reported]:
    return [line.overlap for line in lines if line.overlap is not None]


# ---- money ---------------------------------------------------------------------------------------


def _invested(lines: Sequence[tuple[str, Line]]) -> Investment | None:
    """What the lines of several places invest together."""
    missing = [f"{place}.investment" for place, line in lines if line.investment is None]
    return sums.sum_invested([line.investment for _, line in lines], tuple(missing))


def capital_of(investment: Investment | None, grant: Figure | None, *lacking: str) -> Reported:
    """The investment that has to pay back: converted, less grants."""
    if investment is None:
        return NotApplicable("incomplete", "field-missing", lacking)
    return money.net_investment(investment.converted, grant) if grant else investment.converted


def net_of(gross: Reported, running_cost: Reported | None) -> Reported:
    """Annual net saving: gross less running cost, as far as that is known."""
    return money.net_saving(gross, running_cost) if isinstance(running_cost, Figure) else gross


def has_money(line: Line) -> bool:
    """Whether it says anything of money, also where that is not known yet."""
    return line.investment is not None or is_stated(line.annual_saving)


def is_stated(saving: Reported) -> bool:
    """Whether a measure says what it saves; an idea says nothing, and no sum misses it."""
    return isinstance(saving, Figure) or saving.because != NO_SAVING_STATED


def by_category(benefits: Sequence[StatedSaving]) -> dict[str, Reported]:
    """Money known as such, added up by category."""
    return sums.sum_by_name({benefit.category: benefit.amount} for benefit in benefits)


# ---- groups --------------------------------------------------------------------------------------


def _saving_of_group(group: LinkedGroup, lines: Sequence[Line], savings: Figures) -> Reported:
    if group.annual_saving is not None:
        return group.annual_saving
    if group.benefits:
        return sums.add_reported(list(savings.values()))
    with_money = [line.annual_saving for line in lines if has_money(line)]
    if with_money:
        return sums.add_reported(with_money)
    return NotApplicable("incomplete", NO_SAVING_STATED, (f"groups.{group.id}.annual-saving",))


def _unspecified(group: LinkedGroup, savings: Figures) -> Figure | None:
    """What a group saves besides its categories; None where these are all of it."""
    gross, specified = group.annual_saving, sums.sum_known(savings.values())
    if gross is None:
        return None
    rest = gross if specified is None else difference(gross, specified)
    missing = joined(*(saving.missing for saving in savings.values()))
    return lacking(rest, missing) if rest.value else None


# ---- totals --------------------------------------------------------------------------------------


def _capital_of_total(
    entries: Sequence[BundleEntry],
) -> tuple[Investment | None, Figure | None]:
    """What entries invest, and their grants."""
    investment = _invested([(entry.place, entry.line) for entry in entries])
    return investment, sums.sum_known(entry.line.grant for entry in entries)


def _payback_of(complete: Sequence[BundleEntry]) -> Reported:
    """The payback of the entries whose money is complete, beside a total that is not."""
    net = sums.add_reported([entry.line.annual_net_saving for entry in complete])
    return sums.payback(capital_of(*_capital_of_total(complete)), net)


def _total_alone(entries: Sequence[BundleEntry]) -> StandAlone | None:
    parts = [entry.line.stand_alone for entry in entries if entry.line.stand_alone is not None]
    if not parts:
        return None
    return StandAlone(
        sums.sum_by_name(part.savings for part in parts),
        sums.add_reported([part.annual_saving for part in parts]),
        sums.add_reported([part.annual_net_saving for part in parts]),
    )


# ---- reductions ----------------------------------------------------------------------------------


def _stated(item: LinkedMeasure | LinkedGroup) -> dict[str, Reported]:
    return sums.sum_by_name({name.replace("-", "_"): figure} for name, figure in item.stated)


def marked_as(reductions: Figures, avoided: sums.FiguresByScope) -> sums.FiguresByScope:
    """Avoided emissions, marked partial where energy without a factor may be part of their scope.

    It has no row of its own here, so nothing else would say that a scope lacks it.
    """
    return {
        scope: {gas: _marked(figure, reductions, scope, gas) for gas, figure in gases.items()}
        for scope, gases in avoided.items()
    }


def _marked(figure: Reported, reductions: Figures, scope: str, gas: str) -> Reported:
    whole = reductions.get(_reduction_with(scope, gas))
    if not isinstance(figure, Figure) or not isinstance(whole, Figure):
        return figure
    return lacking(figure, [field for field in whole.missing if field.endswith(FACTORS)])


def _reduction_with(scope: str, gas: str) -> str:
    """The reduction that a gas of a scope is part of; empty where it is in none."""
    if scope in contributions.COUNTED_SCOPES:
        return "co2" if gas == "CO2" else "co2e"
    return (
        contributions.REDUCTION_OF_SUBSTANCE.get(gas, "") if scope == contributions.ON_SITE else ""
    )
