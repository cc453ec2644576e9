"""Batches and programmes as JSON: enterprises in rows, their totals, and how these stand to
published ones."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from cpcalc.diagnostics import Diagnostic
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme.members import Member
from cpcalc.programme.reconciliation import Reconciled
from cpcalc.programme.result import EnterpriseLine, Pooled, ProgrammeResult
from cpcalc.programme.totals import BatchTotals, Sum, Total
from cpcalc.programme.training import Training
from cpcalc.report.json_result import words, written
from cpcalc.report.problems import describe
from cpcalc.schema.programme import Course
from cpcalc.units import ONE

BATCH_SCHEMA = "cpcalc/batch/1"
PROGRAMME_SCHEMA = "cpcalc/programme/1"
# What a row says of its enterprise; a batch says ``ABOUT_ALL``.
ABOUT = (
    "id", "name", "sector", "province", "data_status", "period", "currency", "measures_counted",
    "warnings",
)  # fmt: skip
ABOUT_ALL = (*ABOUT[:4], "country", "programme", *ABOUT[4:])


def brief(value: Any, name: str = "") -> Any:
    """Figures as JSON data, without lists of missing fields where none is named."""
    return _without_missing(written(value, name))


def _without_missing(data: Any) -> Any:
    if isinstance(data, dict):
        return {
            key: _without_missing(value) for key, value in data.items() if key != "missing" or value
        }
    return [_without_missing(item) for item in data] if isinstance(data, list) else data


def last_part(name: str) -> str:
    """A file's name without its folders, which may be of one machine only."""
    return name.replace("\\", "/").rpartition("/")[2]


def enterprise_data(member: Member, about: Sequence[str]) -> dict[str, Any]:
    """Who a row is about."""
    row = member.row
    known = {"name": words(row.name), "measures_counted": row.measures, "warnings": row.warnings}
    texts = {name: getattr(row, name) or None for name in about if name not in known}
    return {"file": member.file, **{name: {**texts, **known}[name] for name in about}}


def sum_data(name: str, found: Sum) -> dict[str, Any]:
    """One sum: the figure, the amounts where it comes in several currencies, and how many report
    it."""
    data: dict[str, Any] = brief(found.figure, name)
    if len(found.amounts) > 1:
        data["amounts"] = [brief(amount, name) for amount in found.amounts]
    data["enterprises"] = {"reporting": found.reporting, "of": found.of}
    return data


def total_data(total: Total) -> dict[str, Any]:
    """A total: all sums by their names, and the payback as the ratio of sums."""
    data: dict[str, Any] = {
        "enterprises": total.enterprises,
        "figures": {name: sum_data(name, found) for name, found in total.sums.items()},
        "simple_payback": brief(total.simple_payback),
    }
    if total.simple_payback_of_complete is not None:
        data["simple_payback_of_complete"] = brief(total.simple_payback_of_complete)
    data["money_complete"] = {"enterprises": total.complete, "of": total.with_money}
    return data


# ---- a batch -------------------------------------------------------------------------------------


def batch_chunks(
    items: Sequence[Member],
    failures: Iterable[Mapping[str, Any]],
    totals: BatchTotals,
    about: Mapping[str, Any],
) -> Iterator[str]:
    """The whole JSON text of a batch in pieces; each assessment is one line."""
    head = {"schema": BATCH_SCHEMA, **about}
    groups = {name: total_data(part) for name, part in totals.groups.items()}
    yield "{\n" + ",\n".join(_entry(key, value) for key, value in head.items())
    yield ',\n"assessments": [\n'
    yield from _lines(compact(_row(item)) for item in items)
    yield '],\n"failed": [\n'
    yield from _lines(compact(failure) for failure in failures)
    yield f'],\n{_entry("totals", _totals_data(totals))},\n"groups": {{\n'
    yield from _lines(_entry(name, data) for name, data in groups.items())
    yield "}\n}\n"


def compact(data: Any) -> str:
    """One line of JSON: full precision, no NaN or infinity."""
    return json.dumps(data, ensure_ascii=False, allow_nan=False)


def _entry(key: str, value: Any) -> str:
    return f"{compact(key)}: {compact(value)}"


def _lines(texts: Iterable[str]) -> Iterator[str]:
    before = ""
    for text in texts:
        yield f"{before}{text}"
        before = ",\n"
    if before:
        yield "\n"


def _row(item: Member) -> dict[str, Any]:
    return {**enterprise_data(item, ABOUT_ALL), "figures": brief(item.figures)}


def _totals_data(totals: BatchTotals) -> dict[str, Any]:
    return {
        **total_data(totals.total),
        "data_status": dict(totals.by_data_status),
        "currencies": dict(totals.currencies),
        "warnings": totals.warnings,
        "identities": {"holding": totals.identities_holding, "of": totals.identities},
    }


# ---- a programme ---------------------------------------------------------------------------------


def programme_data(
    result: ProgrammeResult,
    problems: Iterable[Diagnostic],
    waivers: Iterable[tuple[str, str]],
    version: str,
) -> dict[str, Any]:
    """The whole result, in a stable order."""
    programme = result.programme
    return {
        "schema": PROGRAMME_SCHEMA,
        "programme": {
            "id": programme.id,
            "name": words(programme.name),
            "sponsor": words(programme.sponsor),
            "agencies": [words(item) for item in programme.agencies or ()],
            "period": {"from": programme.period.from_, "to": programme.period.to}
            if programme.period
            else None,
            "country": programme.country,
            "provinces": list(programme.provinces or ()),
            "objectives": [words(item) for item in programme.objectives or ()],
            "source": [item.model_dump(exclude_none=True) for item in programme.source or ()],
            "data_status": programme.data_status,
            "notes": words(programme.notes),
        },
        "currency": programme.currency,
        "exchange_rates": {
            rate.currency: {
                **brief(rate.rate),
                "year": rate.year,
                "source": rate.source,
            }
            for rate in result.rates
        },
        "enterprises": [_enterprise(line) for line in result.enterprises],
        "not_counted": [last_part(name) for name in result.not_counted],
        "totals": total_data(result.total),
        "totals_by_province": _totals(result.by_province),
        "totals_by_sector": _totals(result.by_sector),
        "totals_by_data_status": _totals(result.by_data_status),
        "totals_by_status": _totals(result.by_status),
        "training": _training(
            result.training, programme.training.notes if programme.training else None
        ),
        "reconciliation": [_reconciled(line) for line in result.reconciliation],
        "payback_classes": [
            {"class": item.name, "measures": item.measures, "totals": total_data(item.total)}
            for item in result.payback_classes
        ],
        "contributors": [
            {
                "enterprise": item.enterprise,
                "annual_saving": brief(item.annual_saving),
                "share": item.share,
                "cumulative": item.cumulative,
            }
            for item in result.contributors
        ],
        "measures": [_pooled(item) for item in result.pool],
        "data_quality": dict(result.tiers),
        "data_status_shares": dict(result.data_shares),
        "unverified_factors": list(result.unverified),
        "identities": brief(result.identities),
        "waivers": [{"waived": waived, "because": because} for waived, because in waivers],
        "diagnostics": [
            describe(problem._replace(file=last_part(problem.file)), {}) for problem in problems
        ],
        "provenance": {
            "cpcalc": version,
            "enterprises": {line.member.file: line.member.row.id for line in result.enterprises},
        },
    }


def _totals(totals: Mapping[str, Any]) -> dict[str, Any]:
    return {name: total_data(total) for name, total in totals.items()}


def _enterprise(line: EnterpriseLine) -> dict[str, Any]:
    return {**enterprise_data(line.member, ABOUT), "figures": brief(line.figures)}


def _pooled(item: Pooled) -> dict[str, Any]:
    return {
        "enterprise": item.enterprise, "id": item.id, "title": words(item.title),
        "status": item.status,
        "group": item.is_group,
        "figures": brief(
            {
                name: figure
                for name, figure in item.figures.items()
                if not name.startswith(("avoided_emissions.", "savings."))
            }
        ),
    }  # fmt: skip


def _count(figure: Reported) -> Any:
    if isinstance(figure, NotApplicable):
        return brief(figure)
    return int(figure.value)


def _training(training: Training, notes: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        **{name: _count(figure) for name, figure in training.figures.items()},
        "listed": [_course(course) for course in training.listed],
        "notes": words(notes),
    }


def _course(course: Course) -> dict[str, Any]:
    people = course.participants
    return {
        "title": words(course.title),
        "date": course.date,
        "province": course.province,
        "days": course.days,
        "participants": None
        if people is None
        else {
            "all": people.number,
            "women": people.women,
            "men": people.men,
            "unstated": people.unstated,
        },
    }


def _reconciled(line: Reconciled) -> dict[str, Any]:
    counted = line.entry.count is not None

    def shown(figure: Reported | None) -> Any:
        if figure is None:
            return None
        if isinstance(figure, Figure) and (counted or figure.unit is ONE):
            return int(figure.value)
        return brief(figure, line.figure)

    return {
        "figure": line.figure,
        "published": shown(line.published),
        "as_published": line.published_text,
        "recomputed": shown(line.recomputed),
        "difference": shown(line.difference),
        "difference_share": line.share,
        "within": line.within,
        "outcome": line.outcome,
        "by_construction": line.by_construction,
        "taken_as": words(line.entry.taken_as),
        "source": line.entry.source,
        "because": line.entry.not_reproduced,
    }
