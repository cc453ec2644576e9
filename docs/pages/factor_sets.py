"""docs/factor-sets.md: the shipped factor sets with their sources, licences, and what in them is unverified."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cpcalc.schema.factor_rows import (
    Benchmark,
    Control,
    Factor,
    FactorEntry,
    Price,
    Property,
    Series,
)
from cpcalc.schema.factor_set import READING, FactorSet, SetRow
from cpcalc.source.reader import read

INTRODUCTION = """\
# Factor sets

Generated from the files in `emission_factors/` by `python docs/generate.py`; do not edit.

A set is a folder, a version of it one YAML file: `emission_factors/ipcc-2006/1.yaml` is pinned in an assessment as
`ipcc-2006@1`. Nothing is ever taken from a set that the assessment does not pin, and no set is pinned by default. A
released version never changes, not even in a comment: a correction is a new version, and `cpcalc factors outdated`
shows what it would change. Each value carries the document it comes from, where in it, and whether it was checked
against a copy of that document (`verified`) or not (`unverified`); every report that rests on an unverified value says
so. The values themselves: `cpcalc factors show SET/ID`, or the file.

How to write a set of your own is in [factor-set-format.md](factor-set-format.md).
"""

# What a section holds, and how to count its values.
WORDS: Mapping[str, str] = {
    "factors": "emission factors",
    "gwps": "global warming potentials",
    "controls": "collection efficiencies",
    "fuels": "fuels with properties",
    "loads": "typical waste waters",
    "parameters": "single figures",
    "series": "series by year",
    "benchmarks": "products with benchmarks",
    "prices": "prices and fees",
}
# The order of the page: combustion and electricity first.
ORDER = (
    "ipcc-2006", "ipcc-gwp", "vn-grid", "grid-average", "grid-consumption", "grid-ifi", "grid-lifecycle", "ap-42",
    "emep-eea", "who-1993", "ipcc-1996-nox", "process-dust", "control-efficiencies", "fuel-properties",
    "ipcc-wastewater", "ipcc-wastewater-2019", "water-energy", "sector-benchmarks", "fx", "cpi-vn", "prices-vn",
)  # fmt: skip


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    """The page."""
    files = sorted(
        (root / "emission_factors").glob("*/*.yaml"),
        key=lambda path: (_rank(path.parent.name), int(path.stem)),
    )
    sets = [(path, _set_in(path)) for path in files]
    lines = [INTRODUCTION, *_overview(sets)]
    for path, found in sets:
        lines += _section(path, found)
    yield root / "docs" / "factor-sets.md", "\n".join(lines).rstrip() + "\n"


def _rank(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _set_in(path: Path) -> FactorSet:
    return FactorSet.model_validate(read(path.read_bytes(), str(path)).tree, context=READING)


def _rows(found: FactorSet) -> list[SetRow]:
    """The values of a set; the heat content of an emission factor is none of its own."""
    return [
        item
        for item in found.rows()
        if not (isinstance(item.entry, Factor) and isinstance(item.row, Property))
    ]


def _is_verified(item: SetRow) -> bool:
    return item.row.quality == "verified"


def _has_doubtful_range(item: SetRow) -> bool:
    row: Any = item.row
    ranged = getattr(row, "lower", None) or getattr(row, "mcf_lower", None)
    return ranged is not None and (row.range_quality or row.quality) == "unverified"


def _name(item: SetRow) -> str:
    entry = item.entry
    return entry.id if isinstance(entry, FactorEntry) else f"{entry.gas} ({entry.report})"


def _mark(row: Any) -> str:
    """What tells a value from the others of its entry: its year."""
    if row.data_year is not None:
        return f"{row.type} {row.data_year}" if row.type else str(row.data_year)
    marks = (getattr(row, name, None) for name in ("year", "from_", "level", "of"))
    return next((str(mark) for mark in marks if mark is not None), "")


def _overview(sets: list[tuple[Path, FactorSet]]) -> Iterator[str]:
    yield "| set | what it is | values | unverified |"
    yield "| --- | --- | ---: | ---: |"
    for path, found in sets:
        rows = _rows(found)
        doubtful = sum(not _is_verified(row) for row in rows)
        link = f"[`{_pin(path)}`](#{_anchor(path)})"
        yield f"| {link} | {_words(found.title)} | {len(rows)} | {doubtful or '-'} |"
    yield ""


def _pin(path: Path) -> str:
    return f"{path.parent.name}@{path.stem}"


def _anchor(path: Path) -> str:
    """GitHub's anchor of the heading: without the @ and the quotes."""
    return f"{path.parent.name}{path.stem}"


def _words(title: Mapping[str, str]) -> str:
    return str(title.get("en") or next(iter(title.values())))


def _section(path: Path, found: FactorSet) -> Iterator[str]:
    yield f"## `{_pin(path)}`"
    yield ""
    yield f"{_words(found.title)}. ({found.title.get('vi', '')})"
    yield ""
    if not found.sources or found.source.year or found.source.url or found.source.publisher:
        yield f"- Source: {_document(found.source)}"
    for key, document in (found.sources or {}).items():
        yield f"- Source `{key}`: {_document(document)}"
    if found.licence:
        yield f"- Licence: {found.licence.strip()}"
    rows = _rows(found)
    yield f"- Holds {_holds(found, rows)}."
    yield f"- Unverified: {_unverified(rows)}"
    ranges = sum(_has_doubtful_range(row) and _is_verified(row) for row in rows)
    if ranges:
        yield f"- Unverified ranges around verified values: {ranges}."
    if found.notes:
        yield f"- {_words(found.notes).strip()}"
    yield f"- SHA-256: `{hashlib.sha256(path.read_bytes()).hexdigest()}`"
    yield ""
    yield from _ids(found)


def _document(document: Any) -> str:
    parts = [document.title, document.publisher, str(document.year) if document.year else None]
    text = ", ".join(part for part in parts if part)
    return f"[{text}]({document.url})" if document.url else text


def _holds(found: FactorSet, rows: list[SetRow]) -> str:
    parts = []
    for section, entries in found.sections():
        words = WORDS[section]
        if entries:
            values = sum(row.section == section for row in rows)
            more = f" ({values} values)" if values != len(entries) else ""
            parts.append(f"{len(entries)} {words}{more}")
    return ", ".join(parts)


def _unverified(rows: list[SetRow]) -> str:
    doubtful = [row for row in rows if not _is_verified(row)]
    if not doubtful:
        return "nothing."
    if len(doubtful) == len(rows):
        return "everything."
    verified = {_name(row) for row in rows if _is_verified(row)}
    names = {_name(row) for row in doubtful}
    wholly, partly = sorted(names - verified), sorted(names & verified)
    count = f"{len(doubtful)} of {len(rows)} values"
    if len(wholly) > len(verified):
        count += f": all but {_listed(sorted(verified - set(partly)))}"
    elif wholly:
        count += f": {_listed(wholly)}"
    parts = [count]
    for name in partly:
        marks = dict.fromkeys(_mark(row.row) for row in doubtful if _name(row) == name)
        parts.append(f"of `{name}`: {', '.join(marks)}")
    return "; ".join(parts) + "."


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _ids(found: FactorSet) -> Iterator[str]:
    for section, entries in found.sections():
        named = [entry for entry in entries if isinstance(entry, FactorEntry)]
        if named:
            words = WORDS[section]
            yield f"<details><summary>{words[0].upper()}{words[1:]}</summary>"
            yield ""
            yield "| id | name | |"
            yield "| --- | --- | --- |"
            for entry in named:
                yield f"| `{entry.id}` | {_words(entry.name)} | {_what(entry)} |"
            yield ""
            yield "</details>"
            yield ""


def _what(entry: FactorEntry) -> str:
    """What an entry gives: the substances, the years or the properties."""
    if isinstance(entry, Factor):
        substances = dict.fromkeys(row.of for row in entry.emits)
        parts = [f"{of} {_years(entry, of)}".strip() for of in substances]
        return ", ".join([*parts, *(["NCV"] if entry.ncv is not None else [])])
    if isinstance(entry, Control):
        return f"{entry.of}, {entry.efficiency.text}"
    if isinstance(entry, Benchmark):
        return ", ".join(dict.fromkeys(f"{row.indicator}: {row.level}" for row in entry.values))
    if isinstance(entry, Price):
        return f"from {entry.values[0].from_}"
    if isinstance(entry, Series):
        return f"{entry.values[0].year} to {entry.values[-1].year}"
    properties = [name for name, value in entry if isinstance(value, Property)]
    value = getattr(entry, "value", None)
    return ", ".join(name.replace("_", "-") for name in properties) or str(value and value.text)


def _years(entry: Factor, of: str) -> str:
    years = sorted(
        row.data_year for row in entry.emits if row.of == of and row.data_year is not None
    )
    if not years:
        return ""
    return f"({years[0]}-{years[-1]})" if years[0] != years[-1] else f"({years[0]})"
