"""The data of the full checks: plausible bands from the package, benchmarks from their set. Read once a run."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

import cpcalc.checks
from cpcalc.app.files import read_bytes
from cpcalc.app.sets import factor_set
from cpcalc.checks.bands import Band, Bands, Benchmark, PriceBands, Row, benchmarks_of
from cpcalc.library.sets import said
from cpcalc.quantities import INTERNATIONAL, Quantity, parse_quantity
from cpcalc.source.reader import read

BENCHMARKS = "sector-benchmarks@1"


def bands_for(sector: str | None) -> Bands:
    """The bands, and the benchmarks of a sector as a file writes it."""
    bands, sectors = _of_all_sectors()
    key = (sector or "").strip().casefold().replace(" ", "-")
    return bands._replace(benchmarks=_benchmarks(str(sectors.get(key, key)))) if key else bands


@lru_cache(maxsize=1)
def _of_all_sectors() -> tuple[Bands, Mapping[str, Any]]:
    """The bands without benchmarks, and the other names of sectors."""
    name = os.path.join(os.path.dirname(cpcalc.checks.__file__), "bands.yaml")
    tree: Any = read(read_bytes(name), name).tree
    prices = tuple(
        PriceBands(
            str(row["item"]), str(row["kind"]), tuple(row["named"]), tuple(map(_band, row["bands"]))
        )
        for row in tree["prices"]
    )
    return Bands(
        prices, tuple((str(row["item"]), _band(row)) for row in tree["factors"]), ()
    ), tree["sectors"]


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
            document = (
                documents.get(str(said("source", row, entry))) or found.head.get("source") or {}
            )
            source = f"{document.get('title', '')} ({found.pin})"
            yield Row(str(row["indicator"]), values, row.get("level") == "national-norm", source)
