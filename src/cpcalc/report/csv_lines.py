"""Results as CSV: one row for each measure, group and total, every figure exact in its canonical unit.

Text that a spreadsheet would take for a formula is quoted with ``'``.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.report.words import title
from cpcalc.results import AssessmentResult, Economics, Line

CATEGORIES = ("material", "water", "energy", "chemical", "disposal", "by_product", "unspecified")
# Reductions with the unit of their column; dust is published in kg.
REDUCTIONS = (
    ("wastewater", "m3/year", 1.0), ("solid_waste", "t/year", 1.0), ("chemical_waste", "t/year", 1.0),
    ("co2", "t/year", 1.0), ("co2e", "t/year", 1.0), ("dust", "kg/year", 1000.0), ("so2", "t/year", 1.0),
    ("nox", "t/year", 1.0), ("cod", "t/year", 1.0), ("bod", "t/year", 1.0), ("tss", "t/year", 1.0),
)  # fmt: skip
# Avoided emissions that the reductions do not show: name and unit of the column, scope and substance, factor.
EMISSIONS = (
    ("co2_scope_1", "t/year", "scope_1", "CO2", 1.0),
    ("co2_scope_2_location", "t/year", "scope_2_location", "CO2", 1.0),
    ("co2_scope_2_market", "t/year", "scope_2_market", "CO2", 1.0), ("co2_scope_3", "t/year", "scope_3", "CO2", 1.0),
    ("co2_biogenic", "t/year", "biogenic", "CO2", 1.0), ("ch4_scope_1", "t/year", "scope_1", "CH4", 1.0),
    ("n2o_scope_1", "t/year", "scope_1", "N2O", 1.0), ("dust_generated", "kg/year", "generated", "TSP", 1000.0),
    ("dust_off_site", "kg/year", "off_site", "TSP", 1000.0), ("pm10", "kg/year", "on_site", "PM10", 1000.0),
    ("pm2.5", "kg/year", "on_site", "PM2_5", 1000.0),
)  # fmt: skip
OVER_LIVES = ("co2", "co2e")
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")

HEADER = (
    "enterprise", "data_status", "kind", "id", "title", "status", "type", "in_bundle", "currency", "investment",
    "investment_by_currency", "running_cost_per_year", "annual_saving", "annual_net_saving", "stand_alone_saving",
    "simple_payback_year", "simple_payback_note", *(f"saving_{name}" for name in CATEGORIES),
    *(f"{name} [{unit}]" for name, unit, _ in REDUCTIONS), *(f"{name} [{unit}]" for name, unit, *_ in EMISSIONS),
    *(f"{name}_over_lives [t]" for name in OVER_LIVES), "partial", "missing",
)  # fmt: skip


KIND, ID = HEADER.index("kind"), HEADER.index("id")
ECONOMICS = ("npv", "irr", "savings_to_investment", "annual_worth", "discounted_payback_year")


LIFE_CYCLE = ("life_cycle_cost_before", "life_cycle_cost_after")


def rows(
    result: AssessmentResult,
    language: str,
    *,
    with_economics: bool = False,
    with_whole: bool = False,
) -> Iterator[Sequence[str]]:
    """The rows of one assessment; ``with_whole`` the enterprise's life-cycle cost too, in a row of its own."""
    empty = ("",) * len(LIFE_CYCLE) if with_whole else ()
    for row, line in _rows(result, language):
        yield (*row, *_economics(line), *empty) if with_economics else row
    whole = result.whole_enterprise
    if whole is not None:
        row = _row(result, "whole-enterprise", ("", "", "", "", ""), whole.line)
        cost = whole.life_cycle_cost
        yield (*row, *_economics(whole.line), _number(cost.before), _number(cost.after))


def _economics(line: Line) -> Iterator[str]:
    economics = line.economics
    for name in ECONOMICS:
        figure = (
            getattr(economics, name.removesuffix("_year"))
            if isinstance(economics, Economics)
            else None
        )
        yield _number(figure)


def _rows(result: AssessmentResult, language: str) -> Iterator[tuple[Sequence[str], Line]]:
    for measure in result.measures:
        about = (
            measure.id,
            title(measure.title, language),
            measure.status,
            measure.type or "",
            _yes(measure.in_bundle),
        )
        yield _row(result, "measure", about, measure.line), measure.line
    for group in result.groups:
        about = (group.id, title(group.title, language), group.status, "", _yes(group.in_bundle))
        yield _row(result, "group", about, group.line), group.line
    for status, line in result.totals_by_status.items():
        yield _row(result, "status", (status, "", status, "", "yes"), line), line
    yield _row(result, "total", ("", "", "", "", "yes"), result.totals), result.totals
    if result.totals.end_of_pipe is not None:
        yield (
            _row(result, "end-of-pipe", ("", "", "", "end-of-pipe", ""), result.totals.end_of_pipe),
            result.totals.end_of_pipe,
        )


def render(
    results: Iterable[AssessmentResult], language: str, *, measure: str | None = None
) -> str:
    """The whole file: a header, then the rows of each assessment, titles in a language; or only those of one measure.

    Lines end in CR LF, as the format asks.
    """
    target = io.StringIO()
    writer = csv.writer(target)
    told = list(results)
    with_economics = any(result.totals.economics is not None for result in told)
    with_whole = measure is None and any(result.whole_enterprise is not None for result in told)
    added = (*(ECONOMICS if with_economics else ()), *(LIFE_CYCLE if with_whole else ()))
    writer.writerow((*HEADER, *added))
    for result in told:
        for row in rows(result, language, with_economics=with_economics, with_whole=with_whole):
            if measure is None or (row[KIND], row[ID]) == ("measure", measure):
                writer.writerow([guarded(cell) for cell in row])
    return target.getvalue()


def guarded(text: str) -> str:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    if text.startswith(_FORMULA_STARTS) and not _is_number(text):
        return "'" + text
    return text


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text


def _row(result: AssessmentResult, kind: str, about: tuple[str, ...], line: Line) -> Sequence[str]:
    investment = line.investment
    amounts = (
        ""
        if investment is None
        else " + ".join(f"{figure.value!r} {figure.unit}" for figure in investment.amounts)
    )
    figures = [
        None if investment is None else investment.converted,
        line.running_cost,
        line.annual_saving,
        line.annual_net_saving,
        line.stand_alone.annual_saving if line.stand_alone is not None else None,
        line.simple_payback,
    ]
    reductions = [line.reductions.get(name) for name, _, _ in REDUCTIONS]
    payback = line.simple_payback
    reported = [item for item in (*figures, *reductions) if item is not None]
    missing = dict.fromkeys(field for item in reported for field in item.missing)
    return (
        str(result.enterprise["id"]),
        result.data_status,
        kind,
        *about,
        result.basis.currency or "",
        _number(figures[0]),
        amounts,
        *(_number(figure) for figure in figures[1:]),
        payback.code if isinstance(payback, NotApplicable) else "",
        *(_number(line.savings.get(name)) for name in CATEGORIES),
        *(
            _number(figure, times)
            for figure, (_, _, times) in zip(reductions, REDUCTIONS, strict=True)
        ),
        *(
            _number(line.avoided_emissions.get(scope, {}).get(gas), times)
            for _, _, scope, gas, times in EMISSIONS
        ),
        *(_number(line.lifetime_reductions.get(name)) for name in OVER_LIVES),
        _yes(any(isinstance(item, Figure) and item.is_partial for item in reported)),
        " ".join(missing),
    )


def _number(figure: Reported | None, times: float = 1.0) -> str:
    return repr(figure.value * times) if isinstance(figure, Figure) else ""


def _yes(condition: bool) -> str:
    return "yes" if condition else "no"
