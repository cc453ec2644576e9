"""A batch as JSON and CSV: one row for each assessment, then the totals; written row by row."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from cpcalc.digests import Digest, Field, fields_of, head_of, packed, unpacked
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme.batch import BatchTotals, Named
from cpcalc.programme.sums import Sum, Total
from cpcalc.report.csv_lines import CATEGORIES, REDUCTIONS, guarded
from cpcalc.report.json_result import DUST_UNIT, Writer
from cpcalc.report.words import title
from cpcalc.units import SUBSTANCES, factor_to, shown

BATCH_SCHEMA = "cpcalc/batch/1"


def compact(data: Any) -> str:
    """One line of JSON: full precision, no NaN or infinity."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def json_chunks(
    items: Sequence[Named],
    failures: Iterable[Mapping[str, Any]],
    totals: BatchTotals,
    about: Mapping[str, Any],
) -> Iterator[str]:
    """The whole JSON text in pieces; each assessment is one line."""
    head = ",\n".join(
        f"{compact(key)}: {compact(value)}"
        for key, value in {"schema": BATCH_SCHEMA, **about}.items()
    )
    yield "{\n" + head + ',\n"assessments": [\n'
    yield from _lines(row_text(item) for item in items)
    yield '],\n"failed": [\n'
    yield from _lines(compact(failure) for failure in failures)
    yield f'],\n"totals": {compact(totals_data(totals))},\n"groups": {{\n'
    yield from _lines(
        f"{compact(name)}: {compact(total_data(part))}" for name, part in totals.groups.items()
    )
    yield "}\n}\n"


def _lines(texts: Iterable[str]) -> Iterator[str]:
    before = ""
    for text in texts:
        yield f"{before}{text}"
        before = ",\n"
    if before:
        yield "\n"


def row_text(item: Named) -> str:
    """One assessment as a line of JSON."""
    head = head_of(item.digest)
    name: Any = head.name[""] if "" in head.name else dict(head.name)
    about = {
        "file": item.file, "id": head.id, "name": name, "sector": head.sector or None,
        "province": head.province or None, "country": head.country or None, "programme": head.programme or None,
        "data_status": head.data_status, "period": head.period or None, "currency": head.currency or None,
        "measures_counted": head.measures, "warnings": head.warnings,
    }  # fmt: skip
    return f'{compact(about)[:-1]}, "figures": {_figures_text(item.digest)}}}'


def _figures_text(digest: Digest) -> str:
    """The figures of a digest; the text around the numbers is the same for every file of the shape."""
    template, factors = _template(digest.shape)
    values = unpacked(digest.values)
    if factors:
        return template % tuple(
            [repr(value * factors.get(position, 1.0)) for position, value in enumerate(values)]
        )
    return template % tuple([repr(value) for value in values])


@lru_cache(maxsize=1024)
def _template(shape: str) -> tuple[str, Mapping[int, float]]:
    parts, factors, position = [], {}, 0
    for field in fields_of(shape):
        if field.unit is None:
            data = compact(
                figure_data(
                    field.name, field.reason or NotApplicable("incomplete", "field-missing")
                )
            )
            parts.append(f"{compact(field.name)}: {data}".replace("%", "%%"))
            continue
        unit = str(field.unit.without(*SUBSTANCES))
        if field.name.endswith("reductions.dust"):
            factors[position], unit = (
                factor_to(field.unit, DUST_UNIT),
                DUST_UNIT.replace(" TSP", ""),
            )
        rest: dict[str, Any] = {"unit": unit}
        if field.unit.substance is not None:
            rest["of"] = shown(field.unit.substance)
        if field.partial is not None:
            rest["partial"] = {"counted": field.partial[0], "of": field.partial[1]}
        if field.bound is not None:
            rest["bound"] = field.bound
        parts.append(
            f'{compact(field.name)}: {{"value": '.replace("%", "%%")
            + "%s, "
            + compact(rest)[1:].replace("%", "%%")
        )
        position += 1
    return "{" + ", ".join(parts) + "}", factors


def figure_data(name: str, figure: Reported) -> dict[str, Any]:
    """A figure under its flat name; dust in kg a year."""
    unit = DUST_UNIT if name.endswith("reductions.dust") and isinstance(figure, Figure) else None
    data = Writer().figure(figure, unit)
    if isinstance(figure, Figure) and figure.is_partial:
        data["partial"] = {"counted": figure.counted, "of": figure.of}
    if isinstance(figure, NotApplicable) and not figure.missing:
        data.pop("missing", None)
    return data


def sum_data(name: str, found: Sum) -> dict[str, Any]:
    """One sum: the figure, the amounts where it comes in several currencies, and how many report it."""
    data = figure_data(name, found.figure)
    if len(found.amounts) > 1:
        data["amounts"] = [figure_data(name, amount) for amount in found.amounts]
    data["enterprises"] = {"reporting": found.reporting, "of": found.of}
    return data


def total_data(total: Total) -> dict[str, Any]:
    """A total: all sums by their flat names, and the payback as the ratio of sums."""
    data: dict[str, Any] = {
        "enterprises": total.enterprises,
        "figures": {name: sum_data(name, found) for name, found in total.sums.items()},
        "simple_payback": figure_data("simple_payback", total.simple_payback),
    }
    if total.simple_payback_of_complete is not None:
        data["simple_payback_of_complete"] = figure_data(
            "simple_payback", total.simple_payback_of_complete
        )
    data["money_complete"] = {"enterprises": total.complete, "of": total.with_money}
    return data


def totals_data(totals: BatchTotals) -> dict[str, Any]:
    """The totals of a batch."""
    return {
        **total_data(totals.total),
        "data_status": dict(totals.by_data_status),
        "currencies": dict(totals.currencies),
        "warnings": totals.warnings,
        "identities": {"holding": totals.identities_holding, "of": totals.identities},
    }


# ---- CSV ------------------------------------------------------------------------------------------------------------

HEADER = (
    "kind", "file", "id", "name", "sector", "province", "country", "programme", "data_status", "period", "currency",
    "measures", "warnings", "investment", "investment_by_currency", "grant", "running_cost_per_year",
    "annual_saving", "consumption_saving", "annual_net_saving", "simple_payback_year", "simple_payback_note",
    *(f"saving_{name}" for name in CATEGORIES), *(f"{name} [{unit}]" for name, unit, _ in REDUCTIONS), "partial",
)  # fmt: skip
_BEFORE_PAYBACK = (
    "grant",
    "running_cost",
    "annual_saving",
    "consumption_saving",
    "annual_net_saving",
)


class _Echo:
    """A target that hands each line back."""

    @staticmethod
    def write(line: str) -> str:
        return line


_WRITER = csv.writer(_Echo())
_END = "\r\n"
_FORMULA = re.compile(r"\n[=+\-@\t\r]")  # a cell that begins as one may


def csv_chunks(items: Iterable[Named], totals: BatchTotals, language: str) -> Iterator[str]:
    """The whole CSV text in pieces: header, one row for each assessment, then groups and total."""
    yield csv_line(HEADER)
    for item in items:
        yield csv_row(_about(item, language), item.digest.shape, item.digest.values)
    for name, part in totals.groups.items():
        yield total_row("group", name, part)
    yield total_row("total", "", totals.total)


def csv_line(cells: Sequence[str]) -> str:
    """One line of CSV; no cell can be taken for a formula."""
    if _FORMULA.search("\n" + "\n".join(cells)):
        cells = [guarded(cell) for cell in cells]
    return str(_WRITER.writerow(cells))


def csv_row(about: Sequence[str], shape: str, values: bytes) -> str:
    """One line of CSV: what it is about, then packed figures under the header's names."""
    return f"{csv_line(about).removesuffix(_END)},{_cells(shape, values)}{_END}"


def _about(item: Named, language: str) -> Sequence[str]:
    head = head_of(item.digest)
    return (
        "enterprise", item.file, head.id, title(head.name, language), head.sector, head.province, head.country,
        head.programme, head.data_status, head.period, head.currency, str(head.measures), str(head.warnings),
    )  # fmt: skip


def total_row(kind: str, name: str, total: Total) -> str:
    """The line of a total."""
    figures = {key: found.figure for key, found in total.sums.items()}
    units = {
        amount.unit.currency
        for key, found in total.sums.items()
        if key == "annual_saving"
        for amount in found.amounts
    }
    currency = str(units.pop() or "") if len(units) == 1 else ""
    about = (kind, "", name, "", "", "", "", "", "", "", currency, "", "")
    return csv_row(about, *packed({**figures, "simple_payback": total.simple_payback}))


def _cells(shape: str, values: bytes) -> str:
    """The cells of figures, exact; the text around the numbers is the same for every file of the shape."""
    text, places, factors, gap_of_amounts, amounts = _cell_template(shape)
    numbers = unpacked(values)
    cells: list[float | str] = [numbers[place] for place in places]
    for gap, times in factors:
        cells[gap] = numbers[places[gap]] * times
    if amounts:
        cells.insert(
            gap_of_amounts,
            guarded(" + ".join([f"{numbers[place]!r} {unit}" for place, unit in amounts])),
        )
    return text % tuple(cells)


class _CellTemplate(NamedTuple):
    """The cells of a shape as a text with gaps, and which of the packed floats fills each."""

    text: str
    places: Sequence[int]  # of the floats, gap by gap
    factors: Sequence[
        tuple[int, float]
    ]  # the gaps whose float is shown in another unit, and times what
    gap_of_amounts: int  # of the amounts by currency: one text, between the floats
    amounts: Sequence[tuple[int, str]]  # their places and units


@lru_cache(maxsize=1024)
def _cell_template(shape: str) -> _CellTemplate:
    found: dict[str, tuple[Field, int]] = {}
    position = 0
    for field in fields_of(shape):
        found[field.name] = field, position
        position += field.unit is not None
    places: list[int] = []
    factors: list[tuple[int, float]] = []

    def number(name: str, times: float = 1.0) -> str:
        field, place = found.get(name, (None, 0))
        if field is None or field.unit is None:
            return ""
        if times != 1.0:
            factors.append((len(places), times))
        places.append(place)
        return "%r"

    investment, gap_of_amounts = number("investment"), len(places)
    amounts = [
        (place, str(field.unit))
        for name, (field, place) in found.items()
        if name.startswith("investment.")
        and field.unit is not None
        and field.unit.currency is not None
    ]
    payback = found["simple_payback"][0].reason if "simple_payback" in found else None
    cells = [
        investment, "%s" if amounts else "", *[number(name) for name in _BEFORE_PAYBACK],
        number("simple_payback"), payback.code.replace("%", "%%") if payback is not None else "",
        *[number(f"savings.{name}") for name in CATEGORIES],
        *[number(f"reductions.{name}", times) for name, _, times in REDUCTIONS],
        "yes" if any(field.partial is not None for field, _ in found.values()) else "no",
    ]  # fmt: skip
    return _CellTemplate(",".join(cells), places, factors, gap_of_amounts, amounts)
