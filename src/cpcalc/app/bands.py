"""The data of the full checks: plausible bands from the package, benchmarks from their set. Read once a run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import cpcalc.checks
from cpcalc.app.sets import factor_set
from cpcalc.checks.bands import Band, Bands, Benchmark, PriceBands, Row, benchmarks_of
from cpcalc.library.sets import said
from cpcalc.quantities import INTERNATIONAL, Quantity, parse_quantity
from cpcalc.source.reader import read

BENCHMARKS = "sector-benchmarks@1"


def bands_for(sector: str | None) -> Bands:
    """The bands, and the benchmarks of a sector as a file writes it."""
    tree = _tree()
    key = (sector or "").strip().casefold().replace(" ", "-")
    return Bands(
        tuple(
            PriceBands(str(row["item"]), str(row["kind"]), tuple(row["named"]), tuple(map(_band, row["bands"])))
            for row in tree["prices"]
        ),
        tuple((str(row["item"]), _band(row)) for row in tree["factors"]),
        _benchmarks(str(tree["sectors"].get(key, key))) if key else (),
    )


@lru_cache(maxsize=1)
def _tree() -> Any:
    path = Path(cpcalc.checks.__file__).with_name("bands.yaml")
    return read(path.read_bytes(), path.name).tree


def _band(row: Any) -> Band:
    return Band(_quantity(row["low"]), _quantity(row["high"]), str(row["source"]))


def _quantity(text: Any) -> Quantity:
    return parse_quantity(str(text), INTERNATIONAL)


@lru_cache(maxsize=64)
def _benchmarks(sector: str) -> tuple[Benchmark, ...]:
    return benchmarks_of(sector, _rows(sector))


def _rows(sector: str) -> Iterator[Row]:
    found, _ = factor_set(BENCHMARKS, ".")
    if found is None:
        return
    documents = found.head.get("sources") or {}
    for entry in found.entries("benchmarks", f"sector: {sector}"):
        for row in (entry.get("values") or ()) if entry.get("sector") == sector else ():
            values = tuple(_quantity(row[key]) for key in ("value", "lower", "upper") if key in row)
            document = documents.get(str(said("source", row, entry))) or found.head.get("source") or {}
            source = f"{document.get('title', '')} ({found.pin})"
            yield Row(str(row["indicator"]), values, row.get("level") == "national-norm", source)
