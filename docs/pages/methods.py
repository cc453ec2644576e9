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
- **A whole and its parts**: what a sub-stream loses its whole loses too. A reduction of the whole lowers its parts in
  proportion, for nothing says which of them it is; an increase of the whole leaves its parts as they are, for what is
  added (a pump) is none of them.
- **Verified at another production**: where a saving was measured at another production than the baseline's, its stream
  stands at the production of the reporting year (with its parts and what follows it), and so do all measures on it:
  shares are of what that year would have used, savings per product count that year's output. `after` and `saving` say so.
- **A carrier** (steam, compressed air) passes its saving on to what it is made from, in the ratio that earlier measures
  left; money and emissions are counted once, at what is bought.
- **A fuel switch** acts on what remains at its place in the order.
- **Totals**: a total over incomplete lines is the sum of the known ones, marked with how many it counts and what is
  missing. The payback of a total is the sum of investments over the sum of net savings, never a mean of paybacks.
- **Time** is never converted by the calendar: days, hours, months and output of the file make a year.
- **Emissions** are worked out gas by gas; the warming potential comes last. CO2 of biomass is a memo line; its CH4 and
  N2O count. `co2` is fossil CO2 of scope 1 (own combustion, and of processes such as burning limestone, where a factor or
  a `greenhouse-gas` stream says so) and of purchased electricity by location; `co2e` is all gases of the same. HCFC and CFC
  stand outside the scopes, in a line of their own and in no CO2e, as the GHG Protocol asks; HFC count in scope 1.
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
