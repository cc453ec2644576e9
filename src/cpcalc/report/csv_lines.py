"""Results as CSV: every figure exact, in the unit of its column.

A row is a mapping from header to cell; the header line is that of an empty row. Text that a
spreadsheet would take for a formula is quoted with ``'``. Lines end in CR LF, as the format asks.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice

from cpcalc import names
from cpcalc.figures import Figure, NotApplicable, Reported, figures_in, joined
from cpcalc.programme import Member
from cpcalc.programme.reconciliation import Reconciled
from cpcalc.programme.result import ProgrammeResult
from cpcalc.programme.totals import Counting, Total
from cpcalc.report.layout import harmless
from cpcalc.report.writers import MARK
from cpcalc.results import AssessmentResult, Figures, Line, StreamResult, figures_of
from cpcalc.rows import investments
from cpcalc.texts import number_word, title
from cpcalc.units import ONE

Row = dict[str, str]

LINE_ENDS = "\r\n"
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
KILOGRAMS = 1000.0  # in a tonne: dust is published in kg

_KINDS = (*names.members("savings"), *names.members("reductions"))
_OVER_LIVES = names.members("lifetime_reductions")
_MONEY = (
    "running_cost", "annual_saving", "annual_net_saving", "stand_alone.annual_saving",
    "simple_payback",
)  # fmt: skip
_MONEY_OF_MANY = (
    "grant", "running_cost", "annual_saving", "consumption_saving", "annual_net_saving",
    "simple_payback",
)  # fmt: skip
# Avoided emissions that the reductions do not show, with their columns.
_CO2_SCOPES = ("scope_1", "scope_2_location", "scope_2_market", "scope_3", "biogenic")
_EMISSIONS = {
    **{f"{scope}.CO2": f"co2_{scope} [t/year]" for scope in _CO2_SCOPES},
    **{f"scope_1.{gas}": f"{gas.lower()}_scope_1 [t/year]" for gas in ("CH4", "N2O")},
    **{f"{place}.TSP": f"dust_{place} [kg/year]" for place in ("generated", "off_site")},
    "on_site.PM10": "pm10 [kg/year]",
    "on_site.PM2_5": "pm2.5 [kg/year]",
}
_ECONOMICS = {
    **{name: name for name in ("npv", "irr", "savings_to_investment", "annual_worth")},
    "discounted_payback": "discounted_payback_year",
}


def for_excel(chunks: Iterable[str], language: str) -> Iterator[str]:
    """Lines of CSV as Excel opens them in a country of the language: after a byte order mark, with
    its decimal sign, and its separator, which is never that sign."""
    sign, target = number_word("decimal-sign", language), io.StringIO()
    writer = csv.writer(target, delimiter=";" if sign == "," else ",")
    yield "\ufeff"
    lines = chain.from_iterable(io.StringIO(chunk, newline="") for chunk in chunks)
    heads: list[str] = []
    for row in csv.reader(lines):
        heads = heads if heads and row else row  # after an empty line comes another table
        figures = (
            (head not in TEXTS and _is_number(cell)) for head, cell in zip(heads, row, strict=True)
        )
        cells = zip(row, figures, strict=True)
        writer.writerow([cell.replace(".", sign) if known else cell for cell, known in cells])
        yield target.getvalue()
        target.seek(target.truncate(0))


def _line(cells: Iterable[str]) -> str:
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


# ---- cells ---------------------------------------------------------------------------------------


def _number(figure: Reported | None, header: str = "") -> str:
    """The exact value of a figure, in the unit of its header; nothing where there is none."""
    if not isinstance(figure, Figure):
        return ""
    return repr(figure.value * KILOGRAMS if header.endswith("[kg/year]") else figure.value)


def _figures(figures: Figures, wanted: Iterable[str]) -> Row:
    """Figures under the headers of their names."""
    headers = {name: names.column(name) for name in wanted}
    return {header: _number(figures.get(name), header) for name, header in headers.items()}


def _columns(figures: Figures, money: Sequence[str]) -> Row:
    """The figures that assessments, batches and programmes all have."""
    payback = figures.get("simple_payback")
    amounts = figures_in(investments(figures).values())
    # A 0 may be written without a currency.
    by_currency = [f"{item.value!r} {item.unit}" for item in amounts if item.unit.currency]
    return {
        "investment": _number(figures.get("investment")),
        "investment_by_currency": " + ".join(by_currency),
        **_figures(figures, money),
        "simple_payback_note": payback.code if isinstance(payback, NotApplicable) else "",
        **_figures(figures, _KINDS),
    }


def _yes(condition: bool) -> str:
    return "yes" if condition else "no"


def _has_partial(figures: Iterable[Reported]) -> str:
    return _yes(any(isinstance(figure, Figure) and figure.is_partial for figure in figures))


# ---- assessments ---------------------------------------------------------------------------------


def render(
    results: Sequence[AssessmentResult], language: str, *, measure: str | None = None
) -> str:
    """A header, then a row for each measure, group and total of each assessment; or only those of
    one measure."""
    with_economics = any(result.totals.economics is not None for result in results)
    with_whole = measure is None and any(result.whole_enterprise for result in results)

    rows: list[Row] = []
    for result in results:
        for kind, about, line in _lines(result, language):
            if measure is not None and (kind, about[0]) != ("measure", measure):
                continue
            figures = figures_of(line)
            row = {**_about(result, kind, about), **_assessed(figures), **_of_stream(None)}
            if with_economics:
                for name, header in _ECONOMICS.items():
                    row[header] = _number(figures.get(f"economics.{name}"))
            if with_whole:
                whole = result.whole_enterprise if kind == "whole-enterprise" else None
                cost = whole.life_cycle_cost if whole is not None else None
                row["life_cycle_cost_before"] = _number(cost and cost.before)
                row["life_cycle_cost_after"] = _number(cost and cost.after)
            rows.append(row)
        for stream in result.streams if measure is None else ():
            texts = (stream.id, title(stream.name, language), "", stream.kind, "")
            of = _about(result, "stream", texts)
            rows.append({**dict.fromkeys(rows[0], ""), **of, **_of_stream(stream)})
    return _line(rows[0]) + "".join(_line(row.values()) for row in rows)


_ABOUT = (
    "enterprise", "data_status", "kind", "id", "title", "status", "type", "in_bundle", "currency",
)  # fmt: skip


def _about(result: AssessmentResult, kind: str, about: Sequence[str]) -> Row:
    enterprise, currency = str(result.enterprise["id"]), result.basis.currency or ""
    cells = (enterprise, result.data_status, kind, *about, currency)
    return dict(zip(_ABOUT, cells, strict=True))


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


def _of_stream(stream: StreamResult | None) -> Row:
    """What a stream is before and after the bundle, in its own unit."""
    sides = {name: getattr(stream, name, None) for name in ("baseline", "after", "saving")}
    known = figures_in(sides.values())
    row = {"unit": str(known[0].unit) if known else ""}
    row |= {name: _number(side) for name, side in sides.items()}
    return row if stream is None else row | {"partial": _has_partial(known)}


def _assessed(figures: Figures) -> Row:
    """The figures of one line, and what is missing of them."""
    wanted = ("investment", *_MONEY, *names.members("reductions"))
    marked = [figures[name] for name in wanted if name in figures]
    emissions = {
        header: _number(figures.get(f"avoided_emissions.{name}"), header)
        for name, header in _EMISSIONS.items()
    }
    return {
        **_columns(figures, _MONEY),
        **emissions,
        **_figures(figures, _OVER_LIVES),
        "partial": _has_partial(marked),
        "missing": " ".join(joined(*(item.missing for item in marked))),
    }


# ---- batches and programmes ----------------------------------------------------------------------

_ABOUT_MANY = (
    "kind", "file", "id", "name", "sector", "province", "country", "programme", "data_status",
    "period", "currency", "measures", "warnings",
)  # fmt: skip
# Columns whose cells are no figures, whatever they look like.
TEXTS = frozenset({
    *_ABOUT, *_ABOUT_MANY[:-2], "figure", "unit", "missing", "investment_by_currency",
    "simple_payback_note", "partial",
})  # fmt: skip
ROWS_TOGETHER = 1000  # that a Parquet file holds column by column


def batch_rows(items: Iterable[Member], counting: Counting, language: str) -> Iterator[Row]:
    """A row for each assessment, then groups and total, which are counted by then."""
    for item in items:
        yield _enterprise(item, item.row.currency, language)
    totals = counting.totals()
    yield from _totals("group", totals.groups)
    yield from _totals("total", {"": totals.total})


def batch_lines(items: Iterable[Member], counting: Counting, language: str) -> Iterator[str]:
    """The CSV of a batch, line by line, with its header."""
    yield _line(header())
    yield from (_line(row.values()) for row in batch_rows(items, counting, language))


def parquet_chunks(
    items: Iterable[Member], failed: Iterable[str], counting: Counting, language: str
) -> Iterator[bytes]:
    """The same rows as Parquet, in pieces, with numbers as numbers, and one for each file that
    ``failed``. ModuleNotFoundError without its package."""
    import pyarrow  # here, for it is an extra
    from pyarrow.parquet import ParquetWriter

    types = {name: pyarrow.string() if name in TEXTS else pyarrow.float64() for name in header()}
    lost = (_of_many({"kind": "failed", "file": harmless(name)}, {}) for name in failed)
    rows, file = chain(batch_rows(items, counting, language), lost), io.BytesIO()

    def chunks() -> Iterator[bytes]:
        schema = pyarrow.schema(types.items())
        with ParquetWriter(file, schema, store_schema=False) as writer:
            writer.add_key_value_metadata({"written by": MARK})
            while together := list(islice(rows, ROWS_TOGETHER)):
                table = {name: [_cell(row[name], name) for row in together] for name in types}
                writer.write_table(pyarrow.table(table, schema=schema))
                yield file.getvalue()
                file.seek(file.truncate(0))
        yield file.getvalue()

    return chunks()


def _cell(text: str, name: str) -> str | float | None:
    if not text:
        return None
    return text if name in TEXTS else float(text)


def header() -> Row:
    """The columns of many enterprises."""
    return _of_many({}, {})


def programme_lines(result: ProgrammeResult, language: str) -> Iterator[str]:
    """One row for each enterprise, each breakdown and the total; then the reconciliation as a table
    of its own."""
    currency = result.programme.currency
    yield _line(header())
    for item in result.enterprises:
        yield _line(_enterprise(item, currency, language).values())
    for kind, totals in [*result.breakdowns.items(), ("total", {"": result.total})]:
        yield from (_line(row.values()) for row in _totals(kind, totals))
    yield LINE_ENDS
    yield _line(_RECONCILED)
    for reconciled in result.reconciliation:
        yield _line(_reconciled(reconciled))


def _of_many(about: Mapping[str, str], figures: Figures) -> Row:
    """A row of an enterprise, or of several together."""
    return {
        **{key: about.get(key, "") for key in _ABOUT_MANY},
        **_columns(figures, _MONEY_OF_MANY),
        "partial": _has_partial(figures.values()),
    }


def _enterprise(member: Member, currency: str, language: str) -> Row:
    about = {key: str(getattr(member.row, key, "")) for key in _ABOUT_MANY}
    about |= {"kind": "enterprise", "file": harmless(member.file), "currency": currency}
    return _of_many({**about, "name": title(member.row.name, language)}, member.figures)


def _totals(kind: str, totals: Mapping[str, Total]) -> Iterator[Row]:
    for name, total in totals.items():
        currencies = {saving.unit.currency or "" for saving in total.amounts("annual_saving")}
        currency = currencies.pop() if len(currencies) == 1 else ""
        about = {"kind": kind, "id": name, "currency": currency}
        yield _of_many(about, total.figures)


_RECONCILED = (
    "figure", "published", "recomputed", "difference", "unit", "within", "outcome",
    "by_construction",
)  # fmt: skip


def _reconciled(item: Reconciled) -> list[str]:
    is_dust = names.is_dust(item.figure) and item.published.unit is names.DUST
    unit = "kg/year" if is_dust else str(item.published.unit)
    figures = (item.published, item.recomputed, item.difference)
    return [
        item.figure,
        *(_number(figure, f"[{unit}]") for figure in figures),
        "" if item.published.unit is ONE else unit,
        repr(item.within),
        item.outcome,
        _yes(item.by_construction),
    ]
