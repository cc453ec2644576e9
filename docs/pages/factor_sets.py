"""docs/factor-sets.md: the shipped factor sets with their sources, licences, and what in them is unverified."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

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


class Row(NamedTuple):
    """One value of a set, with the entry it belongs to and how well it was checked."""

    section: str
    entry: str
    mark: str  # what tells it from the other values of the entry: its year
    verified: bool
    doubtful_range: bool


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    """The page."""
    files = sorted(
        (root / "emission_factors").glob("*/*.yaml"),
        key=lambda path: (_rank(path.parent.name), int(path.stem)),
    )
    read = [(path, _model(path)) for path in files]
    lines = [INTRODUCTION, *_overview(read)]
    for path, found in read:
        lines += _section(path, found)
    yield root / "docs" / "factor-sets.md", "\n".join(lines).rstrip() + "\n"


def _rank(name: str) -> tuple[int, str]:
    return (ORDER.index(name) if name in ORDER else len(ORDER), name)


def _model(path: Path) -> Any:
    from cpcalc.schema.factor_set import READING, FactorSet
    from cpcalc.source.reader import read

    return FactorSet.model_validate(read(path.read_bytes(), str(path)).tree, context=READING)


def _rows(found: Any) -> list[Row]:
    from cpcalc.schema.factor_set import SECTIONS, Property, said

    rows = []
    for section in SECTIONS:
        for entry in getattr(found, section) or ():
            inner = getattr(entry, "emits", None) or getattr(entry, "values", None)
            if inner is None:
                inner = [getattr(entry, name) for name in sorted(entry.model_fields_set)]
                inner = [value for value in inner if isinstance(value, Property)] or [entry]
            name = getattr(entry, "id", None) or f"{entry.gas} ({entry.report})"
            for row in inner:
                levels = (
                    row,
                    entry,
                    (found.defaults or {}).get(getattr(row, "of", None) or ""),
                    found,
                )
                quality = said("quality", *levels)
                range_quality = said("range_quality", *levels) or quality
                ranged = getattr(row, "lower", None) or getattr(row, "mcf_lower", None)
                doubtful = ranged is not None and range_quality == "unverified"
                rows.append(Row(section, name, _mark(row), quality == "verified", doubtful))
    return rows


def _mark(row: Any) -> str:
    for name in ("data_year", "year", "from_", "level", "of"):
        value = getattr(row, name, None)
        if value is not None:
            return (
                f"{row.type} {value}"
                if name == "data_year" and getattr(row, "type", None)
                else str(value)
            )
    return ""


def _overview(read: list[tuple[Path, Any]]) -> Iterator[str]:
    yield "| set | what it is | values | unverified |"
    yield "| --- | --- | ---: | ---: |"
    for path, found in read:
        rows = _rows(found)
        doubtful = sum(not row.verified for row in rows)
        yield f"| [`{_pin(path)}`](#{_anchor(path)}) | {_words(found.title)} | {len(rows)} | {doubtful or '-'} |"
    yield ""


def _pin(path: Path) -> str:
    return f"{path.parent.name}@{path.stem}"


def _anchor(path: Path) -> str:
    """GitHub's anchor of the heading: without the @ and the quotes."""
    return f"{path.parent.name}{path.stem}"


def _words(title: Mapping[str, str]) -> str:
    return str(title.get("en") or next(iter(title.values())))


def _section(path: Path, found: Any) -> Iterator[str]:
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
    yield f"- Unverified: {_unverified(found, rows)}"
    ranges = sum(row.doubtful_range and row.verified for row in rows)
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


def _holds(found: Any, rows: list[Row]) -> str:
    parts = []
    for section, words in WORDS.items():
        entries = getattr(found, section)
        if entries:
            values = sum(row.section == section for row in rows)
            more = f" ({values} values)" if values != len(entries) else ""
            parts.append(f"{len(entries)} {words}{more}")
    return ", ".join(parts)


def _unverified(found: Any, rows: list[Row]) -> str:
    doubtful = [row for row in rows if not row.verified]
    if not doubtful:
        return "nothing."
    if len(doubtful) == len(rows):
        return "everything."
    verified = {row.entry for row in rows if row.verified}
    wholly = sorted({row.entry for row in doubtful} - verified)
    partly = sorted({row.entry for row in doubtful} & verified)
    parts = []
    if wholly and len(wholly) > len(verified):
        parts.append(
            f"{len(doubtful)} of {len(rows)} values: all but {_listed(sorted(verified - set(partly)))}"
        )
    elif wholly:
        parts.append(f"{len(doubtful)} of {len(rows)} values: {_listed(wholly)}")
    else:
        parts.append(f"{len(doubtful)} of {len(rows)} values")
    for name in partly:
        marks = dict.fromkeys(row.mark for row in doubtful if row.entry == name)
        parts.append(f"of `{name}`: {', '.join(marks)}")
    return "; ".join(parts) + "."


def _listed(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _ids(found: Any) -> Iterator[str]:
    for section, words in WORDS.items():
        entries = [entry for entry in getattr(found, section) or () if hasattr(entry, "id")]
        if entries:
            yield f"<details><summary>{words[0].upper()}{words[1:]}</summary>"
            yield ""
            yield "| id | name | |"
            yield "| --- | --- | --- |"
            for entry in entries:
                yield f"| `{entry.id}` | {_words(entry.name)} | {_what(found, entry)} |"
            yield ""
            yield "</details>"
            yield ""


def _what(found: Any, entry: Any) -> str:
    """What an entry gives: the substances, the years or the properties."""
    from cpcalc.schema.factor_set import Property

    if getattr(entry, "emits", None):
        parts = [
            f"{of} {_years(entry, of)}".strip()
            for of in dict.fromkeys(row.of for row in entry.emits)
        ]
        return ", ".join([*parts, *(["NCV"] if entry.ncv is not None else [])])
    if hasattr(entry, "efficiency"):
        return f"{entry.of}, {entry.efficiency.text}"
    if hasattr(entry, "sector"):
        return ", ".join(dict.fromkeys(f"{row.indicator}: {row.level}" for row in entry.values))
    if hasattr(entry, "category"):
        return f"from {entry.values[0].from_}"
    if hasattr(entry, "values"):
        return f"{entry.values[0].year} to {entry.values[-1].year}"
    properties = [
        name for name in type(entry).model_fields if isinstance(getattr(entry, name), Property)
    ]
    return ", ".join(name.replace("_", "-") for name in properties) or entry.value.text


def _years(entry: Any, of: str) -> str:
    years = sorted(
        row.data_year for row in entry.emits if row.of == of and row.data_year is not None
    )
    if not years:
        return ""
    return f"({years[0]}-{years[-1]})" if years[0] != years[-1] else f"({years[0]})"
