"""Results as CSV: every figure exact, in the unit of its column.

Text that a spreadsheet would take for a formula is quoted with ``'``. Lines end in CR LF, as the
format asks.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, Reported, joined
from cpcalc.names import column, is_dust, members
from cpcalc.programme.members import Member
from cpcalc.programme.reconciliation import Reconciled
from cpcalc.programme.result import ProgrammeResult
from cpcalc.programme.totals import BatchTotals, Total
from cpcalc.report.words import title
from cpcalc.results import AssessmentResult, Figures, Line, figures_of
from cpcalc.rows import investments
from cpcalc.units import ONE

LINE_ENDS = "\r\n"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
KILOGRAMS = 1000.0  # in a tonne: dust is published in kg

# Avoided emissions that the reductions do not show, with the column's name, unit and factor.
EMISSIONS = {
    "scope_1.CO2": ("co2_scope_1", "t/year", 1.0),
    "scope_2_location.CO2": ("co2_scope_2_location", "t/year", 1.0),
    "scope_2_market.CO2": ("co2_scope_2_market", "t/year", 1.0),
    "scope_3.CO2": ("co2_scope_3", "t/year", 1.0),
    "biogenic.CO2": ("co2_biogenic", "t/year", 1.0),
    "scope_1.CH4": ("ch4_scope_1", "t/year", 1.0),
    "scope_1.N2O": ("n2o_scope_1", "t/year", 1.0),
    "generated.TSP": ("dust_generated", "kg/year", KILOGRAMS),
    "off_site.TSP": ("dust_off_site", "kg/year", KILOGRAMS),
    "on_site.PM10": ("pm10", "kg/year", KILOGRAMS),
    "on_site.PM2_5": ("pm2.5", "kg/year", KILOGRAMS),
}


def _headers(*figures: str) -> list[str]:
    return [column(name) for name in figures]


def _cells(figures: Figures, *wanted: str) -> list[str]:
    return [number(figures.get(name), KILOGRAMS if is_dust(name) else 1.0) for name in wanted]


def number(figure: Reported | None, times: float = 1.0) -> str:
    """The exact value of a figure; nothing where there is none."""
    return repr(figure.value * times) if isinstance(figure, Figure) else ""


def _by_currency(figures: Figures) -> str:
    amounts = [amount for amount in investments(figures).values() if isinstance(amount, Figure)]
    # A 0 may be written without a currency.
    return " + ".join(f"{item.value!r} {item.unit}" for item in amounts if item.unit.currency)


def _note(payback: Reported | None) -> str:
    return payback.code if isinstance(payback, NotApplicable) else ""


def _has_partial(figures: Iterable[Reported | None]) -> bool:
    return any(isinstance(figure, Figure) and figure.is_partial for figure in figures)


def _yes(condition: bool) -> str:
    return "yes" if condition else "no"


def line(cells: Sequence[str]) -> str:
    """One line of CSV; no cell can be taken for a formula."""
    target = io.StringIO()
    csv.writer(target).writerow([guarded(cell) for cell in cells])
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


# ---- assessments ---------------------------------------------------------------------------------

_MONEY = (
    "running_cost",
    "annual_saving",
    "annual_net_saving",
    "stand_alone.annual_saving",
    "simple_payback",
)
_KINDS = (*members("savings"), *members("reductions"))
_OVER_LIVES = members("lifetime_reductions")
HEADER = (
    "enterprise", "data_status", "kind", "id", "title", "status", "type", "in_bundle", "currency",
    "investment",
    "investment_by_currency", *_headers(*_MONEY), "simple_payback_note", *_headers(*_KINDS),
    *(f"{name} [{unit}]" for name, unit, _ in EMISSIONS.values()), *_headers(*_OVER_LIVES),
    "partial", "missing",
)  # fmt: skip
ECONOMICS = {
    "npv": "npv",
    "irr": "irr",
    "savings_to_investment": "savings_to_investment",
    "annual_worth": "annual_worth",
    "discounted_payback": "discounted_payback_year",
}
LIFE_CYCLE = ("life_cycle_cost_before", "life_cycle_cost_after")


def render(
    results: Iterable[AssessmentResult], language: str, *, measure: str | None = None
) -> str:
    """A header, then a row for each measure, group and total of each assessment; or only those of
    one measure."""
    told = list(results)
    with_economics = any(result.totals.economics is not None for result in told)
    with_whole = measure is None and any(result.whole_enterprise is not None for result in told)
    header = [*HEADER, *(ECONOMICS.values() if with_economics else ())]
    lines = [line([*header, *(LIFE_CYCLE if with_whole else ())])]
    for result in told:
        for kind, about, of_kind in _lines(result, language):
            if measure is None or (kind, about[0]) == ("measure", measure):
                figures = figures_of(of_kind)
                cells = _row(result, kind, about, figures)
                cells += _economics(figures) if with_economics else []
                lines.append(line([*cells, *(_life_cycle(result, kind) if with_whole else ())]))
    return "".join(lines)


def _lines(result: AssessmentResult, language: str) -> Iterator[tuple[str, Sequence[str], Line]]:
    """Each row: its kind, what it is about (id, title, status, type, in the bundle or not), and its
    figures."""
    for measure in result.measures:
        texts = (measure.id, title(measure.title, language), measure.status, measure.type or "")
        yield "measure", (*texts, _yes(measure.in_bundle)), measure.line
    for group in result.groups:
        texts = (group.id, title(group.title, language), group.status, "")
        yield "group", (*texts, _yes(group.in_bundle)), group.line
    for status, of_status in result.totals_by_status.items():
        yield "status", (status, "", status, "", "yes"), of_status
    yield "total", ("", "", "", "", "yes"), result.totals
    if result.totals.end_of_pipe is not None:
        yield "end-of-pipe", ("", "", "", "end-of-pipe", ""), result.totals.end_of_pipe
    if result.whole_enterprise is not None:
        yield "whole-enterprise", ("", "", "", "", ""), result.whole_enterprise.line


def _row(result: AssessmentResult, kind: str, about: Sequence[str], figures: Figures) -> list[str]:
    marked = [figures.get(name) for name in ("investment", *_MONEY, *members("reductions"))]
    missing = joined(*(item.missing for item in marked if item is not None))
    emissions = [
        number(figures.get(f"avoided_emissions.{name}"), times)
        for name, (_, _, times) in EMISSIONS.items()
    ]
    return [
        str(result.enterprise["id"]), result.data_status, kind, *about, result.basis.currency or "",
        number(figures.get("investment")), _by_currency(figures), *_cells(figures, *_MONEY),
        _note(figures.get("simple_payback")), *_cells(figures, *_KINDS), *emissions,
        *_cells(figures, *_OVER_LIVES), _yes(_has_partial(marked)),
        " ".join(missing),
    ]  # fmt: skip


def _economics(figures: Figures) -> list[str]:
    return [number(figures.get(f"economics.{name}")) for name in ECONOMICS]


def _life_cycle(result: AssessmentResult, kind: str) -> tuple[str, str]:
    whole = result.whole_enterprise
    if whole is None or kind != "whole-enterprise":
        return "", ""
    return number(whole.life_cycle_cost.before), number(whole.life_cycle_cost.after)


# ---- batches and programmes ----------------------------------------------------------------------

_OF_ROWS = (
    "grant", "running_cost", "annual_saving", "consumption_saving", "annual_net_saving",
    "simple_payback",
)  # fmt: skip
ROW_HEADER = (
    "kind", "file", "id", "name", "sector", "province", "country", "programme", "data_status",
    "period", "currency",
    "measures", "warnings", "investment", "investment_by_currency", *_headers(*_OF_ROWS),
    "simple_payback_note",
    *_headers(*_KINDS), "partial",
)  # fmt: skip
RECONCILED_HEADER = (
    "figure", "published", "recomputed", "difference", "unit", "within", "outcome",
    "by_construction"
)  # fmt: skip


def batch_lines(items: Iterable[Member], totals: BatchTotals, language: str) -> Iterator[str]:
    """The CSV of a batch, line by line: header, one row for each assessment, then groups and
    total."""
    yield line(ROW_HEADER)
    for item in items:
        yield _enterprise(item, item.row.currency, item.figures, language)
    for name, part in totals.groups.items():
        yield _total("group", name, part)
    yield _total("total", "", totals.total)


def programme_lines(result: ProgrammeResult, language: str) -> Iterator[str]:
    """One row for each enterprise, each breakdown and the total; then the reconciliation as a table
    of its own."""
    yield line(ROW_HEADER)
    for item in result.enterprises:
        yield _enterprise(item.member, result.programme.currency, item.figures, language)
    breakdowns: Mapping[str, Mapping[str, Total]] = {
        "province": result.by_province,
        "sector": result.by_sector,
        "data_status": result.by_data_status,
        "status": result.by_status,
    }
    for kind, totals in breakdowns.items():
        for name, total in totals.items():
            yield _total(kind, name, total)
    yield _total("total", "", result.total)
    yield LINE_ENDS
    yield line(RECONCILED_HEADER)
    for reconciled in result.reconciliation:
        yield line(_reconciled(reconciled))


def _enterprise(member: Member, currency: str, figures: Figures, language: str) -> str:
    row = member.row
    about = (
        "enterprise", member.file, row.id, title(row.name, language), row.sector, row.province,
        row.country,
        row.programme, row.data_status, row.period, currency, str(row.measures), str(row.warnings),
    )  # fmt: skip
    return _of_figures(about, figures)


def _total(kind: str, name: str, total: Total) -> str:
    saving = total.sums.get("annual_saving")
    currencies = {amount.unit.currency or "" for amount in (saving.amounts if saving else ())}
    currency = currencies.pop() if len(currencies) == 1 else ""
    about = (kind, "", name, "", "", "", "", "", "", "", currency, "", "")
    return _of_figures(about, total.figures)


def _of_figures(about: Sequence[str], figures: Figures) -> str:
    payback = figures.get("simple_payback")
    return line(
        [
            *about,
            number(figures.get("investment")),
            _by_currency(figures),
            *_cells(figures, *_OF_ROWS),
            _note(payback),
            *_cells(figures, *_KINDS),
            _yes(_has_partial(figures.values())),
        ]
    )


def _reconciled(item: Reconciled) -> list[str]:
    is_dust_in_kg = is_dust(item.figure) and item.published.unit is names.DUST
    unit = "kg/year" if is_dust_in_kg else str(item.published.unit)
    figures = (item.published, item.recomputed, item.difference)
    return [
        item.figure,
        *(number(figure, KILOGRAMS if is_dust_in_kg else 1.0) for figure in figures),
        "" if item.published.unit is ONE else unit,
        "" if item.within is None else repr(item.within),
        item.outcome,
        _yes(item.by_construction),
    ]
