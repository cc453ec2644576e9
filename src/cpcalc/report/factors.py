"""Factor sets on the page and as JSON: the list of sets, one entry, what was verified, what is outdated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from cpcalc.figures import Figure, Reported
from cpcalc.report.factor_words import condition, conditions
from cpcalc.report.json_result import figure_data
from cpcalc.report.layout import Block, Cell, Column, Heading, Notes, Pairs, Table, harmless
from cpcalc.report.numbers import share, shown
from cpcalc.report.problems import printable
from cpcalc.report.words import title, word

if TYPE_CHECKING:  # what is shown; a page needs no use case to be laid out
    from cpcalc.library import FactorSet

FACTORS_SCHEMA = "cpcalc/factors/1"
VALUES = ("value", "efficiency")


def sets_page(listed: Sequence[Any], language: str) -> Iterator[Block]:
    """All sets: their versions, how much they hold, how much of it is not verified, their titles."""
    columns = (
        Column("set", word("factor-set", language), is_text=True),
        Column("entries", word("entries", language)),
        Column("unverified", word("unverified-rows", language)),
        Column("own", "", is_text=True),
    )
    rows: list[tuple[Cell, ...]] = []
    under = []
    for item in listed:
        own = word("own-set", language) if item.factor_set.is_own else ""
        rows.append(
            (item.factor_set.pin, str(sum(item.counts.values())), str(item.unverified), own)
        )
        under.append(_title(item.factor_set, language))
    yield Table("sets", word("factor-sets", language), columns, tuple(rows), under=tuple(under))
    yield Notes((word("factors-hint", language),))


def set_page(found: FactorSet, rows: Sequence[Mapping[str, Any]], language: str) -> Iterator[Block]:
    """One set: what it says of itself, and its entries by id."""
    yield Heading(f"{found.pin}", _title(found, language), is_warning=False)
    yield Pairs("", tuple(_about(found, language)))
    columns = (
        Column("id", word("factor", language), is_text=True),
        Column("of", "", is_text=True),
        Column("value", word("value", language), is_text=True),
        Column("note", "", is_text=True),
    )
    cells = tuple(
        (
            str(row["id"]),
            str(row.get("of") or row.get("gas") or ""),
            _value(row),
            _mark(row, language),
        )
        for row in rows
    )
    yield Table("rows", word("rows", language), columns, cells)
    if any(row["quality"] != "verified" for row in rows):
        yield Notes(("? " + word("row-unverified", language),))


def _about(found: FactorSet, language: str) -> Iterator[tuple[str, Cell]]:
    head = found.head
    source = head.get("source")
    if isinstance(source, Mapping):
        parts = [source.get(key) for key in ("title", "publisher", "year", "url")]
        yield word("source", language), harmless(", ".join(str(part) for part in parts if part))
    if head.get("licence"):
        yield word("licence", language), harmless(str(head["licence"]))
    notes = head.get("notes")
    if notes:
        text = title(notes, language) if isinstance(notes, Mapping) else str(notes)
        yield word("notes", language), harmless(" ".join(text.split()))
    yield "sha256", found.sha256


def entry_page(
    found: FactorSet,
    section: str,
    entry: Mapping[str, Any],
    rows: Sequence[Mapping[str, Any]],
    language: str,
) -> Iterator[Block]:
    """One entry: every row with its range, conditions and citation, and how a file uses it."""
    name = entry.get("name")
    said = title(name, language) if isinstance(name, Mapping) else str(name or entry.get("id"))
    yield Heading(f"{found.pin}/{entry.get('id')}", harmless(said), is_warning=False)
    for row in rows:
        yield Pairs(
            str(row.get("of") or row.get("gas") or section), tuple(_row_pairs(row, language))
        )
    note = entry.get("note")
    lines = [harmless(" ".join(str(note).split()))] if note else []
    use = _use(found, section, entry, rows)
    if use:
        lines.append(word("to-use", language, text=use))
    if lines:
        yield Notes(tuple(lines))


def _row_pairs(row: Mapping[str, Any], language: str) -> Iterator[tuple[str, Cell]]:
    yield word("value", language), _value(row)
    if row.get("lower") or row.get("upper"):
        yield word("range", language), f"{row.get('lower', '')} - {row.get('upper', '')}"
    said = ", ".join(conditions(row, language))
    if said:
        yield word("conditions", language), harmless(said)
    yield word("source", language), harmless(str(row["citation"]))
    quality = row["quality"]
    yield (
        word("row-quality", language),
        word("row-verified" if quality == "verified" else "row-unverified", language),
    )


def _value(row: Mapping[str, Any]) -> str:
    value = next((str(row[key]) for key in VALUES if row.get(key) is not None), "")
    if not value and (row.get("lower") or row.get("upper")):
        value = f"{row.get('lower', '')} - {row.get('upper', '')}"
    if row.get("times"):
        value += f" x {row['times']} %"
        value += f" + {row['plus']}" if row.get("plus") else ""
    return value + (f" x MCF {row['mcf']}" if row.get("mcf") else "")


def _mark(row: Mapping[str, Any], language: str) -> str:
    parts = [
        condition(row[key], language)
        for key in ("data-year", "type", "equipment", "fraction", "report")
        if row.get(key)
    ]
    return " ".join([*parts, *(["?"] if row["quality"] != "verified" else [])])


def _use(
    found: FactorSet, section: str, entry: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]
) -> str:
    reference = f"{found.id}/{entry.get('id')}"
    if section == "controls":
        return f"control: {reference}"
    if section != "factors":
        return ""
    parameters = [f"{row['times']}: 18 %" for row in rows if row.get("times")]
    parameters += [f"equipment: {row['equipment']}" for row in rows if row.get("equipment")][:1]
    inside = ", ".join([f"factor: {reference}", *dict.fromkeys(parameters)])
    use = f"emission-factors: [{{{inside}}}]" if parameters else f"emission-factors: [{reference}]"
    dated = [row for row in rows if row.get("kind") == "grid-electricity" and row.get("data-year")]
    if dated:
        grid = max(
            dated, key=lambda row: int(row["data-year"])
        )  # of one year, the first type listed
        use += f"  basis: {{grid: {{data-year: {grid['data-year']}, type: {grid.get('type')}}}}}"
    return use


def _title(found: FactorSet, language: str) -> str:
    text = found.head.get("title")
    return harmless(title(text, language) if isinstance(text, Mapping) else str(text or ""))


def verified_page(verified: Sequence[Any], language: str) -> Iterator[Block]:
    """Each set and whether it is what was released."""
    columns = (
        Column("set", word("factor-set", language), is_text=True),
        Column("sha256", "sha256", is_text=True),
        Column("state", "", is_text=True),
    )
    rows = tuple((item.pin, item.sha256[:16], word(_state(item), language)) for item in verified)
    yield Table("verified", word("factor-sets", language), columns, rows)
    wrong = sum(
        any(problem.severity == "error" for problem in item.diagnostics) for item in verified
    )
    yield Notes((word("sets-verified", language, right=len(verified) - wrong, all=len(verified)),))


def _state(item: Any) -> str:
    if any(problem.severity == "error" for problem in item.diagnostics):
        return "set-wrong"
    return "own-set-good" if item.is_own else "as-released" if item.is_released else "not-released"


# ---- outdated -------------------------------------------------------------------------------------------------------


def outdated_page(
    name: str, newer: Sequence[Any], pins: Sequence[str], language: str
) -> Iterator[Block]:
    """What each newer set would change, figure by figure."""
    yield Heading(
        harmless(printable(name)),
        word("outdated-count", language, count=len(newer), all=len(pins)),
        is_warning=False,
    )
    for item in newer:
        if item.outcome.result is None:
            yield Notes((f"{item.pin} -> {item.newer}: {word('newer-fails', language)}",))
            continue
        if not item.changes:
            yield Notes((f"{item.pin} -> {item.newer}: {word('nothing-changes', language)}",))
            continue
        columns = (
            Column("figure", word("figure", language), is_text=True),
            Column("before", word("now", language), is_text=True),
            Column("after", word("then", language), is_text=True),
            Column("share", "%", is_text=True),
        )
        rows = tuple(
            (
                change.figure,
                _cell(change.before, language),
                _cell(change.after, language),
                _change(change, language),
            )
            for change in item.changes
            if change.figure.count(".") <= MOST_STEPS
        )
        yield Table("changes", f"{item.pin} -> {item.newer}", columns, rows)
        yield Notes((word("to-take", language, old=item.pin, new=item.newer),))


# Figures nested deeper repeat the others by scope and gas; JSON has them all.
MOST_STEPS = 3


def _cell(figure: Reported | None, language: str) -> str:
    if figure is None:
        return "-"
    return shown(figure, language) if isinstance(figure, Figure) else word(figure.code, language)


def _change(change: Any, language: str) -> str:
    before, after = change.before, change.after
    if (
        isinstance(before, Figure)
        and isinstance(after, Figure)
        and before.value
        and before.unit is after.unit
    ):
        return share(after.value / before.value - 1, language)
    return ""


# ---- JSON -----------------------------------------------------------------------------------------------------------


def sets_data(listed: Sequence[Any]) -> dict[str, Any]:
    """The sets as JSON data."""
    return {
        "schema": FACTORS_SCHEMA,
        "sets": [
            {
                **_set_data(item.factor_set),
                "entries": dict(item.counts),
                "unverified": item.unverified,
            }
            for item in listed
        ],
    }


def shown_data(
    found: FactorSet, section: str, entry: Mapping[str, Any] | None, rows: Sequence[Any]
) -> dict[str, Any]:
    """One entry, or one whole set, as JSON data: every row with all that is said of it."""
    data: dict[str, Any] = {"schema": FACTORS_SCHEMA, **_set_data(found)}
    if entry is not None:
        data |= {"section": section, "id": entry.get("id"), "name": entry.get("name")}
    return {**data, "rows": list(rows)}


def _set_data(found: FactorSet) -> dict[str, Any]:
    head = found.head
    return {
        "set": found.id,
        "version": found.version,
        "sha256": found.sha256,
        "own": found.is_own,
        "title": head.get("title"),
        "source": head.get("source"),
        "licence": head.get("licence"),
    }


def verified_data(
    verified: Sequence[Any], described: Sequence[Sequence[Mapping[str, Any]]]
) -> dict[str, Any]:
    """What was verified as JSON data."""
    return {
        "schema": FACTORS_SCHEMA,
        "sets": [
            {
                "set": item.pin,
                "sha256": item.sha256,
                "own": item.is_own,
                "released": item.is_released,
                "diagnostics": list(problems),
            }
            for item, problems in zip(verified, described, strict=True)
        ],
    }


def outdated_data(newer: Sequence[tuple[str, Any, Sequence[Mapping[str, Any]]]]) -> dict[str, Any]:
    """What newer sets would change in files as JSON data."""

    def figure(found: Reported | None) -> dict[str, Any] | None:
        return None if found is None else figure_data(found)

    return {
        "schema": FACTORS_SCHEMA,
        "outdated": [
            {
                "file": printable(name).replace("\\", "/"),
                "set": item.pin,
                "newer": item.newer,
                "assessable": item.outcome.result is not None,
                "changes": [
                    {
                        "figure": change.figure,
                        "before": figure(change.before),
                        "after": figure(change.after),
                    }
                    for change in item.changes
                ],
                "diagnostics": list(problems),
            }
            for name, item, problems in newer
        ],
    }
