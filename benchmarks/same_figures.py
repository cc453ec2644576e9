"""Whether the naive pipeline gives what cpcalc gives: without that, no ratio between the two says anything."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import naive

TOLERANCE = 1e-9
# Which file and which factor sets: not figures, and those of data quality are of batch alone.
ABOUT = ("sha256", "factor_sets", "data_quality", "data_quality_co2")
# Shown by `assess` and worked out by no batch, or the same as another figure in these files.
LEFT_OUT = (
    "amounts",
    "order_free_saving",
    "simple_payback_with_other_benefits",
    "simple_payback_of_complete",
)


def of_batch(ours: Path, other: Path) -> Iterator[str]:
    """Differences between the rows and totals of `cpcalc batch --format json` and those of naive.py."""
    documents = [json.loads(path.read_text(encoding="utf-8")) for path in (ours, other)]
    yield from _differences(
        *[{key: it[key] for key in ("assessments", "failed", "totals")} for it in documents]
    )


def _differences(ours: Any, other: Any, place: str = "") -> Iterator[str]:
    if isinstance(ours, dict) and isinstance(other, dict):
        yield from (
            f"{place}/{key}: only in {'batch' if key in ours else 'naive'}"
            for key in (ours.keys() ^ other.keys()).difference(ABOUT)
        )
        for key in ours.keys() & other.keys():
            yield from _differences(ours[key], other[key], f"{place}/{key}")
    elif isinstance(ours, list) and isinstance(other, list):
        if len(ours) != len(other):
            yield f"{place}: {len(ours)}, naive {len(other)}"
        for position, pair in enumerate(zip(ours, other, strict=False)):
            yield from _differences(*pair, f"{place}/{position}")
    elif isinstance(ours, float) and isinstance(other, (int, float)):
        if not math.isclose(ours, other, rel_tol=TOLERANCE):
            yield f"{place}: {ours!r}, naive {other!r}"
    elif ours != other:
        yield f"{place}: {ours!r}, naive {other!r}"


def of_assess(assessed: Mapping[str, Any], file: Path) -> Iterator[str]:
    """Differences in what no row shows: streams, each measure in the bundle and alone, totals by status."""
    ours = dict(
        _flat(
            {**assessed, "measures": {measure["id"]: measure for measure in assessed["measures"]}}
        )
    )
    result = naive.assess(naive.read(file), file.name)
    lines = zip(result.assessment.measures, result.lines, strict=True)
    other = dict(
        _flat(
            {
                "streams": {
                    name: {
                        "baseline": stream.quantity,
                        "after": result.after[name],
                        "saving": result.saved[name],
                    }
                    for name, stream in result.assessment.streams.items()
                },
                "measures": {measure.id: _as_assessed(line) for measure, line in lines},
                "totals": _as_assessed(result.totals),
                "totals_by_status": {
                    status: _as_assessed(line) for status, line in result.by_status.items()
                },
            }
        )
    )
    for place in {**ours, **other}:
        if place not in ours or place not in other:
            yield f"{place}: only in {'assess' if place in ours else 'naive'}"
        elif not math.isclose(
            ours[place]["value"], other[place].m_as(ours[place]["unit"]), rel_tol=TOLERANCE
        ):
            yield f"{place}: {ours[place]}, naive {other[place]}"


def _as_assessed(line: naive.Line) -> dict[str, Any]:
    alone = {
        "savings": line.alone,
        "annual_saving": line.alone_saving,
        "annual_net_saving": line.alone_net_saving,
    }
    return {
        "investment": {"converted": line.investment},
        "running_cost": line.running_cost,
        "savings": line.savings,
        "annual_saving": line.annual_saving,
        "annual_net_saving": line.net_saving,
        "stand_alone": alone,
        "overlap": line.overlap,
        "simple_payback": line.payback,
        "reductions": line.reductions,
    }


def _flat(tree: Mapping[str, Any], place: str = "") -> Iterator[tuple[str, Any]]:
    """The figures of streams, measures and totals by their place; of what has none, nothing."""
    for key, part in tree.items():
        here = f"{place}/{key}"
        if key in LEFT_OUT or not here.startswith(("/streams", "/measures", "/totals")):
            continue
        if isinstance(part, naive.Quantity) or (isinstance(part, dict) and "value" in part):
            yield here, part
        elif isinstance(part, dict):
            yield from _flat(part, here)
