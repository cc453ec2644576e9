"""docs/methods.md: every formula and every case table, from the cards that the functions carry."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from cpcalc.figures import BY_UNITS

INTRODUCTION = """\
# Methods

Every figure of a report is a chain of the formulas below, each on the figures of the one before it. The formulas are
the functions of `cpcalc.calc`, written like the equations they cite; this page is made from them. Each one is tested on
published or hand-calculated answers (`tests/formulas/`), on plain numbers and again on quantities with units, which
proves its dimensions. A *decision* is a case table, a cap or a root: it looks at values, a formula never does.

Conventions that hold throughout:

- **Savings are baseline minus after**; positive is good. An increase is a negative saving and flows through to money,
  emissions and dust.
- **Money**: inputs and wastes save `+S C`; products and by-products save `-S C` (more of them earns). The gross annual
  saving is the sum of its categories; the net one is less the running cost of the measure. Quality, safety, labour and
  downtime are other benefits: outside both, and every payback is shown without and with them.
- **The bundle** has one order: `after` links, then status (verified, implemented, planned, considered, unstated), then
  the file. Each effect acts on what the earlier ones leave; percentages multiply only on one stream or sub-stream;
  amounts are cut at what remains. The increments in that order are the measures' savings and sum to the bundle; what
  each would save alone stands beside them, and what is lost by overlap is a line of its own.
- **Verified at another production**: where a saving was measured at another production than the baseline's, its stream
  stands at the production of the reporting year (with its parts and what follows it), and so do all measures on it:
  shares are of what that year would have used, savings per product count that year's output. `after` and `saving` say so.
- **A carrier** (steam, compressed air) passes its saving on to what it is made from, in the ratio that earlier measures
  left; money and emissions are counted once, at what is bought. A measure, or several, may act on a carrier and on what it
  is made from: each effect acts on what the one before left, so that no unit is counted twice. Of 1 000 000 kWh, 120 000
  go into 1 000 000 Nm3 of air (0.12 kWh/Nm3): 10 % less air takes 12 000 kWh, then 5 % of the 988 000 left 49 400; 61 400 in
  all, what the bill falls by. Only who writes the file knows whether these are two savings or one stated in two ways:
  in one measure that is a warning, and where both come to the same amount (within 1 %) an error.
- **A tariff** makes a sub-stream of each of its periods, with a price of its own; they always make up the stream. What
  acts on the stream takes from all periods in proportion to what is left in each, what acts in one period from that
  alone, and the bill falls by what each period loses times its price. A load that moves to another period changes the
  bill and nothing else. A maximum demand is paid for in each operating month; it is no energy.
- **More output** raises the product and all that is stated per unit of it, in proportion to what earlier measures left.
  The saving of such a stream is absolute (baseline minus after); beside it stands the normalised one, at the baseline's
  output: `Q_b - Q_r P_b / P_r`.
- **Readings** of months that make whole years are a year's mean of twelve; others are carried to the year as the file
  says, by operating months or by production. Where months have a bill, the price is that of a unit in these months. A
  maximum demand that is read in a month counts for that month: 500 kW in one and 700 kW in another are 1 200 kW months.
- **A filter behind a factor** keeps a share of what the factor, and the filters before it, let out; what is saved of the
  fuel afterwards avoids only what still passes.
- **A fuel switch** acts on what remains at its place in the order.
- **Totals**: a total over incomplete lines is the sum of the known ones, marked with how many it counts and what is
  missing. The payback of a total is the sum of investments over the sum of net savings, never a mean of paybacks.
- **Time** is never converted by the calendar: days, hours, months and output of the file make a year.
- **Emissions** are worked out gas by gas; the warming potential comes last. CO2 of biomass is a memo line; its CH4 and
  N2O count. `co2` is fossil CO2 of scope 1 (own combustion, and of processes such as burning limestone, where a factor or
  a `greenhouse-gas` stream says so) and of purchased electricity by location; `co2e` is all gases of the same. HCFC and CFC
  stand outside the scopes, in a line of their own and in no CO2e, as the GHG Protocol asks; HFC count in scope 1.
- **Reducing a whole lowers its parts**: what is taken from a stream is taken from its sub-streams in proportion, so that a
  later percentage of a part acts on what is left of it. What is added to a stream leaves its parts as they are: a pump
  that is added makes no lamp burn more.
- **Data quality**: a figure is as good as the weakest of what it rests on. The tiers are metered, invoiced, calculated,
  estimated, default, and, weakest of all, not stated. An input is of the tier that the nearest part of the file around
  it says: an effect, else its measure; a stream for its quantity and price; a product; the operating time. A cited
  factor that was not verified against its source is a default; one that was, an exchange rate and what is so by
  definition have no tier. What a figure rests on is read off its own workings (`cpcalc why`), also through the measures
  that act before it. Shares are those of the annual saving, and of the CO2 reduction, of measures and groups by the tier
  of each; what costs or emits more is left out.
- **Ranges and uncertainty**: a range counts with its mid-point m = (low + high) / 2 and may be off by u = (high - low) / 2;
  `uncertainty: s` of a stream says that its quantity may be off by s of it, all that it is the sum of (months, periods of
  a tariff, what it follows) together. A figure f may then be off by

      u_f = (sum_i ((df/dx_i) u_i)^2)^(1/2)

  over its uncertain inputs x_i: first order, inputs independent of each other, an input once however often it is used.
  The slopes df/dx_i are taken step by step along the workings of the figure, each by moving one operand of one formula
  a little up and down. What a u means (all that is possible, a standard deviation) is what the file means by its own.
  A worked case: 100 +- 5 less 60 +- 2 is 40 +- (5^2 + 2^2)^(1/2) = 40 +- 5.385; twice 100 +- 5 is 200 +- 10, not
  +- 7.07, as both are the same input. Ranges of cited factors, bounds (at least, at most) and what
  happens in whole years (a replacement at the end of a life) are not part of it.
- **Verified** is what was found afterwards, with the period and the way stated; any other claim counts as implemented.
- **Expected figures** test a calculation only where they do not repeat one typed amount and rest on no balancing entry;
  the others are counted apart.
- **Payback** by cases, where I is the investment less grants and A the annual net saving:

| I | A | payback |
|---|---|---|
| > 0 | > 0 | I / A |
| <= 0 | > 0 | immediate |
| > 0 | = 0 | never |
| >= 0 | < 0 | worsens |
| < 0 | = 0 | immediate |
| < 0 | < 0 | trade-off: money now, cost later |
| 0 | 0 | not applicable |
| unknown | or unknown | incomplete, naming the field |

Sums of two currencies are shown as both amounts and, with a dated rate, as one.
"""


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    sections = [INTRODUCTION]
    for path in sorted((root / "src" / "cpcalc" / "calc").glob("*.py")):
        module = importlib.import_module(f"cpcalc.calc.{path.stem}".removesuffix(".__init__"))
        functions = [function for function in vars(module).values() if _is_of(function, module)]
        if functions:
            sections.append("\n".join(_section(module, functions)))
    yield root / "docs" / "methods.md", "\n".join(sections)


def _is_of(function: Any, module: Any) -> bool:
    return hasattr(function, "card") and getattr(function, "__module__", "") == module.__name__


def _section(module: Any, functions: list[Callable[..., Any]]) -> Iterator[str]:
    title = (module.__doc__ or module.__name__).split("\n")[0].rstrip(".")
    yield f"## {title}"
    yield ""
    for function in functions:
        card = function.card  # type: ignore[attr-defined]
        kind = " (decision)" if card.gives != BY_UNITS else ""
        yield f"### {card.symbol} `{function.__name__}`{kind}"
        yield ""
        yield f"    {card.equation}"
        yield ""
        yield inspect.cleandoc(function.__doc__ or "").replace("``", "`")
        yield ""
        names = ", ".join(f"`{name}`" for name in inspect.signature(function).parameters)
        yield f"Parameters: {names}. Source: {card.source}."
        yield ""
