"""A programme's result as JSON data and CSV text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cpcalc.diagnostics import Diagnostic
from cpcalc.digests import packed
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.programme.pool import Pooled
from cpcalc.programme.reconciliation import Reconciled
from cpcalc.programme.result import EnterpriseLine, ProgrammeResult
from cpcalc.programme.training import Training
from cpcalc.report.batch_data import HEADER, csv_line, csv_row, figure_data, total_data, total_row
from cpcalc.report.problems import describe
from cpcalc.report.words import title
from cpcalc.schema.programme import Course
from cpcalc.units import ONE

PROGRAMME_SCHEMA = "cpcalc/programme/1"


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
                **figure_data("rate", rate.rate),
                "year": rate.year,
                "source": rate.source,
            }
            for rate in result.rates
        },
        "enterprises": [_enterprise(line) for line in result.enterprises],
        "not_counted": [name.replace("\\", "/").rpartition("/")[2] for name in result.not_counted],
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
                "annual_saving": figure_data("annual_saving", item.annual_saving),
                "share": item.share,
                "cumulative": item.cumulative,
            }
            for item in result.contributors
        ],
        "measures": [_pooled(item) for item in result.pool],
        "data_quality": dict(result.tiers),
        "data_status_shares": dict(result.data_shares),
        "unverified_factors": list(result.unverified),
        "identities": [item._asdict() for item in result.identities],
        "waivers": [{"waived": waived, "because": because} for waived, because in waivers],
        "diagnostics": [
            describe(problem._replace(file=problem.file.replace("\\", "/").rpartition("/")[2]), {})
            for problem in problems
        ],
        "provenance": {
            "cpcalc": version,
            "enterprises": {line.member.file: line.member.head.id for line in result.enterprises},
        },
    }


def words(text: Mapping[str, str] | None) -> Any:
    """A text, or its languages where there are several."""
    if text is None:
        return None
    return text[""] if "" in text else dict(text)


def _totals(totals: Mapping[str, Any]) -> dict[str, Any]:
    return {name: total_data(total) for name, total in totals.items()}


def _enterprise(line: EnterpriseLine) -> dict[str, Any]:
    head = line.member.head
    return {
        "file": line.member.file, "id": head.id, "name": words(head.name), "sector": head.sector or None,
        "province": head.province or None, "data_status": head.data_status, "period": head.period,
        "currency": head.currency, "measures_counted": head.measures, "warnings": head.warnings,
        "figures": figures_data(line.figures),
    }  # fmt: skip


def figures_data(figures: Mapping[str, Reported]) -> dict[str, Any]:
    """Figures by flat name."""
    return {name: figure_data(name, figure) for name, figure in figures.items()}


def _pooled(item: Pooled) -> dict[str, Any]:
    return {
        "enterprise": item.enterprise, "id": item.id, "title": words(item.title), "status": item.status,
        "group": item.is_group,
        "figures": {
            name: figure_data(name, figure)
            for name, figure in item.figures.items()
            if not name.startswith(("avoided_emissions.", "savings."))
        },
    }  # fmt: skip


def _count(figure: Reported) -> Any:
    if isinstance(figure, NotApplicable):
        return figure_data("count", figure)
    return int(figure.value)


def _training(training: Training, notes: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        "courses": _count(training.courses),
        "person_days": _count(training.person_days),
        "participants": _count(training.participants),
        "women": _count(training.women),
        "men": _count(training.men),
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
        return figure_data(line.figure, figure)

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


def csv_chunks(result: ProgrammeResult, language: str) -> Iterator[str]:
    """One row for each enterprise, each breakdown and the total; then the reconciliation as a table of its own."""
    yield csv_line(HEADER)
    for line in result.enterprises:
        head = line.member.head
        name = title(head.name, language)
        about = (
            "enterprise", line.member.file, head.id, name, head.sector, head.province, head.country,
            head.programme, head.data_status, head.period, result.programme.currency, str(head.measures),
            str(head.warnings),
        )  # fmt: skip
        yield csv_row(about, *packed(line.figures))
    for kind, totals in (
        ("province", result.by_province),
        ("sector", result.by_sector),
        ("data_status", result.by_data_status),
        ("status", result.by_status),
    ):
        for name, total in totals.items():
            yield total_row(kind, name, total)
    yield total_row("total", "", result.total)
    yield "\r\n"
    yield csv_line(
        (
            "figure",
            "published",
            "recomputed",
            "difference",
            "unit",
            "within",
            "outcome",
            "by_construction",
        )
    )
    for item in result.reconciliation:
        yield csv_line(list(_reconciled_cells(item)))


def _reconciled_cells(line: Reconciled) -> Iterator[str]:
    times, unit = 1.0, str(line.published.unit)
    if line.figure.endswith("reductions.dust"):
        data = figure_data(line.figure, line.published)
        unit, times = (
            data["unit"],
            data["value"] / line.published.value if line.published.value else 1.0,
        )
    yield line.figure
    for figure in (line.published, line.recomputed, line.difference):
        yield repr(figure.value * times) if isinstance(figure, Figure) else ""
    yield "" if line.published.unit is ONE else unit
    yield "" if line.within is None else repr(line.within)
    yield line.outcome
    yield "yes" if line.by_construction else "no"
