"""Batches and programmes as JSON: enterprises in rows, their totals, and how these stand to
published ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure
from cpcalc.programme import Member
from cpcalc.programme.reconciliation import Reconciled
from cpcalc.programme.result import ProgrammeResult, courses_of
from cpcalc.programme.totals import BatchTotals, Counting, Sum, Total
from cpcalc.report import json_result
from cpcalc.report.enterprises import Combined
from cpcalc.report.json_result import Data, json_text, line_data, record_data, written
from cpcalc.report.problems import describe
from cpcalc.rows import EnterpriseRow, Part
from cpcalc.schema.programme import Course, Programme
from cpcalc.units import ONE

BATCH_SCHEMA = "cpcalc/batch/1"
BATCH_LINES_SCHEMA = "cpcalc/batch-lines/1"
PROGRAMME_SCHEMA = "cpcalc/programme/1"
# What a row says of its enterprise; a batch says ``ABOUT_ALL``.
ABOUT = (
    "id", "name", "sector", "province", "data_status", "period", "currency", "measures_counted",
    "warnings", "sha256", "factor_sets",
)  # fmt: skip
ABOUT_ALL = (*ABOUT[:4], "country", "programme", *ABOUT[4:])
ABOUT_PROGRAMME = (
    "id", "name", "sponsor", "agencies", "period", "country", "provinces", "objectives", "source",
    "data_status", "notes",
)  # fmt: skip


def brief(value: Any, name: str = "") -> Any:
    """As JSON data, without lists of missing fields where none is named."""
    return _without_missing(written(value, name))


def _without_missing(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: _without_missing(value) for key, value in data.items() if key != "missing" or value
        }
    return [_without_missing(item) for item in data] if isinstance(data, list) else data


def _row_data(row: EnterpriseRow, about: Sequence[str]) -> Data:
    """Who a row is about, and its figures."""
    stated = {"measures_counted": row.measures, **row._asdict()}
    known = {key: stated[key] if stated[key] != "" else None for key in about}
    return {**brief(known), "figures": brief(row.figures)}


@written.register
def _sum_data(added: Sum, name: str = "") -> Data:
    """The figure, the amounts where it comes in several currencies, and how many report it."""
    data: Data = written(added.figure, name)
    if len(added.amounts) > 1:
        data["amounts"] = written(added.amounts, name)
    return {**data, "enterprises": {"reporting": added.reporting, "of": added.of}}


@written.register
def _total_data(total: Total, name: str = "") -> Data:
    """All sums by their names, and the payback as the ratio of sums."""
    data = {
        "enterprises": total.enterprises,
        "figures": total.sums,
        "simple_payback": total.simple_payback,
        "simple_payback_of_complete": total.simple_payback_of_complete,
        "money_complete": {"enterprises": total.complete, "of": total.with_money},
    }
    return {key: written(value) for key, value in data.items() if value is not None}


def combined_data(whole: Combined) -> Data:
    """What several assessments add up to."""
    return {
        "assessments": whole.assessments,
        "by_currency": {
            currency: {"assessments": count, **line_data(line)}
            for currency, (count, line) in whole.by_currency.items()
        },
        "reductions": written(whole.reductions, "reductions"),
    }


# ---- a batch -------------------------------------------------------------------------------------


def entry_text(item: Member, kept: str) -> str:
    """A row of a batch as JSON; what is ``kept`` of it beside."""
    told = json_text({"file": item.file, **_row_data(item.row, ABOUT_ALL)})
    return f'{told[:-1]}, "kept": {kept}}}' if kept else told


def batch_chunks(
    rows: Iterable[str], failures: Iterable[str], counting: Counting, about: Mapping[str, Any]
) -> Iterator[str]:
    """The JSON text of a batch in pieces, to be sealed; each assessment is one line.

    ``counting`` has counted the rows after the last one.
    """
    head = {"schema": BATCH_SCHEMA, **about}
    yield "{\n" + ",\n".join(_entry(key, value) for key, value in head.items())
    yield ',\n"assessments": [\n'
    yield from _lines(rows)
    yield '],\n"failed": [\n'
    yield from _lines(failures)
    totals = counting.totals()
    yield f'],\n{_entry("totals", _batch_data(totals))},\n"groups": {{\n'
    yield from _lines(_entry(name, brief(part)) for name, part in totals.groups.items())
    yield "}"


def batch_lines(
    rows: Iterable[str], failures: Iterable[str], counting: Counting, about: Mapping[str, Any]
) -> Iterator[str]:
    """The same as JSON Lines: what a line is about stands first in it."""
    yield _line("batch", json_text({"schema": BATCH_LINES_SCHEMA, **about}))
    yield from (_line("enterprise", text) for text in rows)
    yield from (_line("failed", text) for text in failures)
    totals = counting.totals()
    for name, part in totals.groups.items():
        yield _line("group", json_text({"name": name, **brief(part)}))
    yield _line("total", json_text(_batch_data(totals)))


def _line(kind: str, text: str) -> str:
    return f'{{"kind": "{kind}", {text[1:]}\n'


def _entry(key: str, value: Any) -> str:
    return f"{json_text(key)}: {json_text(value)}"


def _lines(texts: Iterable[str]) -> Iterator[str]:
    before = ""
    for text in texts:
        yield f"{before}{text}"
        before = ",\n"
    if before:
        yield "\n"


def _batch_data(totals: BatchTotals) -> Data:
    return {
        **brief(totals.total),
        "data_status": totals.by_data_status,
        "currencies": totals.currencies,
        "warnings": totals.warnings,
        **json_result.quality_data(totals.qualities),
        "identities": {"holding": totals.identities_holding, "of": totals.identities},
    }


# ---- a programme ---------------------------------------------------------------------------------


def programme_data(
    result: ProgrammeResult,
    problems: Iterable[Diagnostic],
    waivers: Iterable[tuple[str, str]],
    provenance: Mapping[str, Any],
) -> Data:
    """The whole result, in a stable order; ``provenance`` is that of the programme's file."""
    lines, training = result.enterprises, result.programme.training
    data: Data = {
        "schema": PROGRAMME_SCHEMA,
        "programme": _about(result.programme),
        "currency": result.programme.currency,
        "exchange_rates": json_result.rates_data(result.rates),
        "enterprises": [{"file": line.file, **_row_data(line.row, ABOUT)} for line in lines],
        "not_counted": [_last_part(name) for name in result.not_counted],
        "totals": result.total,
        **{f"totals_by_{kind}": totals for kind, totals in result.breakdowns.items()},
        "training": {
            **{name: _counted(figure) for name, figure in result.training.items()},
            "listed": [_course(course) for course in courses_of(result.programme)],
            "notes": training and training.notes,
        },
        "reconciliation": [_reconciled(line) for line in result.reconciliation],
        "payback_classes": [
            {"class": name, "measures": total.enterprises, "totals": total}
            for name, total in result.payback_classes.items()
        ],
        "contributors": result.contributors,
        "measures": result.pool,
        **json_result.quality_data(result.qualities),
        "data_status_shares": result.data_shares,
        "unverified_factors": result.unverified,
        "identities": result.identities,
        "waivers": json_result.waivers_data(waivers),
        "diagnostics": [
            describe(problem._replace(file=_last_part(problem.file)), {}) for problem in problems
        ],
        "provenance": {**provenance, "enterprises": {line.file: line.row.id for line in lines}},
    }
    return {key: brief(value) for key, value in data.items()}


def _about(programme: Programme) -> Data:
    data: Data = {key: getattr(programme, key) for key in ABOUT_PROGRAMME}
    data |= {key: data[key] or [] for key in ("agencies", "provinces", "objectives")}
    period, sources = programme.period, programme.source or ()
    data["period"] = period and {"from": period.from_, "to": period.to}
    return {**data, "source": [item.model_dump(exclude_none=True) for item in sources]}


def _last_part(name: str) -> str:
    """A file's name without its folders, which may be of one machine only."""
    return name.replace("\\", "/").rpartition("/")[2]


@written.register
def _pooled(item: Part, name: str = "") -> Data:
    figures = {
        key: figure
        for key, figure in item.figures.items()
        if not key.startswith(("avoided_emissions.", "savings."))
    }
    about = record_data(item, "is_group", "figures")
    return {**about, "group": item.is_group, "figures": written(figures)}


def _counted(figure: Any) -> Any:
    """A count as a plain number."""
    return int(figure.value) if isinstance(figure, Figure) and figure.unit is ONE else figure


def _course(course: Course) -> Data:
    people = course.participants
    data = {key: getattr(course, key) for key in ("title", "date", "province", "days")}
    if people is None:
        return {**data, "participants": None}
    by_gender = {key: getattr(people, key) for key in ("women", "men", "unstated")}
    return {**data, "participants": {"all": people.number, **by_gender}}


def _reconciled(line: Reconciled) -> Data:
    entry = line.entry
    return {
        "figure": line.figure,
        "published": written(_counted(line.published), line.figure),
        "as_published": line.published_text,
        "recomputed": written(_counted(line.recomputed), line.figure),
        "difference": written(_counted(line.difference), line.figure),
        "difference_share": line.share,
        "within": line.within,
        "outcome": line.outcome,
        "by_construction": line.by_construction,
        "taken_as": entry.taken_as,
        "source": entry.source,
        "because": entry.not_reproduced,
    }
