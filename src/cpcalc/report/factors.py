"""Factor sets on the page and as JSON: the list of sets, one entry, what was verified, outdated."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cpcalc.diagnostics import has_errors
from cpcalc.figures import Figure, Reported
from cpcalc.library import PinnedSet
from cpcalc.quantities import Quantity
from cpcalc.report import layout, tables
from cpcalc.report.json_result import Data, Described, written
from cpcalc.report.layout import Block, Cell, Column, Heading, Notes, Pair, Pairs, Table, harmless
from cpcalc.report.numbers import share
from cpcalc.report.problems import printable
from cpcalc.schema import Model, kebab
from cpcalc.schema.factor_rows import FactorEntry, Property
from cpcalc.schema.factor_set import ROWS, SetRow
from cpcalc.texts import condition, conditions, title, word

FACTORS_SCHEMA = "cpcalc/factors/1"

# Figures nested deeper repeat the others by scope and gas; JSON has them all.
MOST_STEPS = 3

# ---- what a set says, as its file writes it -----------------------------------------------------


# What stands apart from the attributes of a row.
_NOT_ATTRIBUTES = frozenset({*ROWS, "id", "name", "source", "where"})


def _written(value: Any) -> Any:
    """A value of a set as a file writes it: numbers are texts, a name without languages is one."""
    if isinstance(value, Model):
        return {kebab(name): _written(part) for name, part in value if part is not None}
    if isinstance(value, Mapping):
        return value.get("", dict(value))
    if isinstance(value, bool):
        return str(value).lower()
    return value.text if isinstance(value, Quantity) else str(value)


def _row_data(row: SetRow) -> Data:
    """A row with all that is said of it: its own words, its entry's, the set's; its citation."""
    entry = row.entry
    identity = entry.id if isinstance(entry, FactorEntry) else entry.gas
    data: Data = {"section": row.section, "id": identity}
    parts: list[Model] = [row.row, entry]
    hidden = _NOT_ATTRIBUTES
    if isinstance(row.row, Property):
        data["of"] = row.path[-1]
        parts, hidden = [row.row], hidden | {"published"}  # its citation has it
    for name, value in (pair for part in parts for pair in part):
        if value is not None and name not in hidden and not isinstance(value, Property):
            data.setdefault(kebab(name), _written(value))
    return {**data, "citation": row.row.citation}


def _set_data(pinned: PinnedSet) -> Data:
    head = pinned.content
    version = {"set": pinned.id, "version": str(head.version), "sha256": pinned.sha256}
    about = {"title": _written(head.title), "source": _written(head.source)}
    return {**version, "own": pinned.is_own, **about, "licence": head.licence}


# ---- list ---------------------------------------------------------------------------------------


def sets_page(listed: Sequence[PinnedSet], language: str) -> Iterator[Block]:
    """All sets: their versions, how much they hold, how much is not verified, their titles."""
    keys, rows = ("factor-set", "entries", "unverified-rows", ""), list[Sequence[Cell]]()
    for pinned, data in zip(listed, sets_data(listed)["sets"], strict=True):
        entries = str(sum(data["entries"].values()))
        own = word("own-set", language) if pinned.is_own else ""
        rows.append((pinned.pin, entries, str(data["unverified"]), own))
    under = tuple(harmless(title(pinned.content.title, language)) for pinned in listed)
    yield tables.table("factor-sets", keys, rows, language, keys[-1:], under=under)
    yield Notes([word("factors-hint", language)])


def sets_data(listed: Sequence[PinnedSet]) -> Data:
    """The sets as JSON data."""
    sets = []
    for pinned in listed:
        sections, rows = pinned.content.sections(), pinned.content.rows()
        entries = {section: len(entries) for section, entries in sections if entries}
        unverified = sum(row.row.quality != "verified" for row in rows)
        sets.append({**_set_data(pinned), "entries": entries, "unverified": unverified})
    return {"schema": FACTORS_SCHEMA, "sets": sets}


# ---- show ---------------------------------------------------------------------------------------


def set_page(pinned: PinnedSet, rows: Sequence[SetRow], language: str) -> Iterator[Block]:
    """One set: what it says of itself, and its entries by id."""
    yield Heading(pinned.pin, harmless(title(pinned.content.title, language)))
    yield Pairs("", tuple(_about(pinned, language)))
    about = Column("value", word("value", language), is_text=True, is_wrapped=True)
    columns = (*tables.columns(("factor", ""), language, ("",)), about)
    described, cells = [_row_data(row) for row in rows], list[Sequence[Cell]]()
    for row in described:
        said = "  ".join(filter(None, (_value(row), _mark(row, language))))
        cells.append((row["id"], row.get("of") or "", said))
    yield Table(word("rows", language), columns, cells)
    if any(row["quality"] != "verified" for row in described):
        yield Notes(["? " + word("row-unverified", language)])


def _about(pinned: PinnedSet, language: str) -> Iterator[Pair]:
    head, source = pinned.content, pinned.content.source
    parts = (source.title, source.publisher, source.year, source.url)
    notes = title(head.notes, language) if head.notes else ""
    said = {"source": ", ".join(str(part) for part in parts if part), "licence": head.licence or ""}
    cells = {key: layout.in_one_line(text) for key, text in {**said, "notes": notes}.items()}
    return tables.labelled({**cells, "sha256": pinned.sha256}, language)


def entry_page(
    pinned: PinnedSet, section: str, entry: FactorEntry, rows: Sequence[SetRow], language: str
) -> Iterator[Block]:
    """One entry: every row with its range, conditions and citation, and how a file uses it."""
    name = harmless(title(entry.name, language))
    yield Heading(f"{pinned.pin}/{entry.id}", name)
    described = [_row_data(row) for row in rows]
    for row in described:
        name = f"{row.get('of') or ''} {_told_apart(row, language)}".strip()
        yield Pairs(name or section, tuple(_row_pairs(row, language)))
    lines = [layout.in_one_line(title(entry.note, language))] if entry.note is not None else []
    use = _use(f"{pinned.id}/{entry.id}", section, described)
    lines += [word("to-use", language, text=use)] if use else []
    if lines:
        yield Notes(lines)


def shown_data(
    pinned: PinnedSet, section: str, entry: FactorEntry | None, rows: Sequence[SetRow]
) -> Data:
    """One entry, or one whole set, as JSON data: every row with all that is said of it."""
    data: Data = {"schema": FACTORS_SCHEMA, **_set_data(pinned)}
    if entry is not None:
        data |= {"section": section, "id": entry.id, "name": _written(entry.name)}
    return {**data, "rows": [_row_data(row) for row in rows]}


def _row_pairs(row: Mapping[str, Any], language: str) -> Iterator[Pair]:
    cells = {
        "value": _value(row),
        "range": _range(row) if row.get("lower") or row.get("upper") else "",
        "conditions": harmless(", ".join(conditions(row, language))),
        "source": harmless(row["citation"]),
        "row-quality": word(f"row-{row['quality']}", language),
    }
    return tables.labelled(cells, language)


def _range(row: Mapping[str, Any]) -> str:
    return f"{row.get('lower', '')} - {row.get('upper', '')}"


def _value(row: Mapping[str, Any]) -> str:
    value = str(row.get("value") or row.get("efficiency") or _range(row))
    if row.get("times"):
        value += f" x {row['times']} %"
        value += f" + {row['plus']}" if row.get("plus") else ""
    return value + (f" x MCF {row['mcf']}" if row.get("mcf") else "")


# What tells the rows of an entry apart, beside the substance.
_TOLD_APART = (
    "indicator", "level", "data-year", "year", "from", "type", "equipment", "fraction", "report",
    "horizon", "size", "applies-to", "period",
)  # fmt: skip


def _told_apart(row: Mapping[str, Any], language: str) -> str:
    return " ".join(condition(row[key], language) for key in _TOLD_APART if row.get(key))


def _mark(row: Mapping[str, Any], language: str) -> str:
    doubt = "?" if row["quality"] != "verified" else ""
    return f"{_told_apart(row, language)} {doubt}".strip()


def _use(reference: str, section: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """How a file uses an entry."""
    if section == "controls":
        return f"control: {reference}"
    if section != "factors":
        return ""
    parameters = [f"{row['times']}: 18 %" for row in rows if row.get("times")]
    parameters += [f"equipment: {row['equipment']}" for row in rows if row.get("equipment")][:1]
    inside = ", ".join([f"factor: {reference}", *dict.fromkeys(parameters)])
    use = f"emission-factors: [{f'{{{inside}}}' if parameters else reference}]"
    dated = [row for row in rows if row.get("kind") == "grid-electricity" and row.get("data-year")]
    if dated:
        # of the newest year, the first type listed
        grid = max(dated, key=lambda row: int(row["data-year"]))
        use += f"  basis: {{grid: {{data-year: {grid['data-year']}, type: {grid.get('type')}}}}}"
    return use


# ---- verify -------------------------------------------------------------------------------------


def verified_page(verified: Sequence[Any], language: str) -> Iterator[Block]:
    """Each set and whether it is what was released."""
    keys = ("factor-set", "sha256", "")
    rows = tuple((item.pin, item.sha256[:16], word(_state(item), language)) for item in verified)
    yield tables.table("factor-sets", keys, rows, language, keys)
    right = sum(_state(item) != "set-wrong" for item in verified)
    yield Notes([word("sets-verified", language, right=right, all=len(verified))])


def _state(item: Any) -> str:
    if has_errors(item.diagnostics):
        return "set-wrong"
    return "own-set-good" if item.is_own else "as-released" if item.is_released else "not-released"


def verified_data(verified: Sequence[Any], described: Sequence[Described]) -> Data:
    """What was verified as JSON data."""
    sets = []
    for item, problems in zip(verified, described, strict=True):
        state = {"sha256": item.sha256, "own": item.is_own, "released": item.is_released}
        sets.append({"set": item.pin, **state, "diagnostics": list(problems)})
    return {"schema": FACTORS_SCHEMA, "sets": sets}


# ---- outdated -----------------------------------------------------------------------------------


def outdated_page(
    name: str, newer: Sequence[Any], pins: Sequence[str], language: str
) -> Iterator[Block]:
    """What each newer set would change, figure by figure."""
    count = word("outdated-count", language, count=len(newer), all=len(pins))
    yield Heading(harmless(printable(name)), count)
    keys = ("figure", "now", "then", "%")
    columns = tables.columns(keys, language, keys)
    for item in newer:
        heading = f"{item.pin} -> {item.newer}"
        if not item.changes:
            outcome = "newer-fails" if item.outcome.result is None else "nothing-changes"
            yield Notes([f"{heading}: {word(outcome, language)}"])
            continue
        rows = []
        for figure, before, after in item.changes:
            if figure.count(".") <= MOST_STEPS:
                cells = [layout.cell_text(side, None, language) or "-" for side in (before, after)]
                rows.append((figure, *cells, _change(before, after, language)))
        yield Table(heading, columns, rows)
        yield Notes([word("to-take", language, old=item.pin, new=item.newer)])


def _change(before: Reported | None, after: Reported | None, language: str) -> str:
    if not isinstance(before, Figure) or not isinstance(after, Figure):
        return ""
    if not before.value or before.unit is not after.unit:
        return ""
    return share(after.value / before.value - 1, language)


def outdated_data(newer: Sequence[tuple[str, Any, Described]]) -> Data:
    """What newer sets would change in files as JSON data."""
    sets = []
    for name, item, problems in newer:
        changes = [
            {"figure": figure, "before": written(before), "after": written(after)}
            for figure, before, after in item.changes
        ]
        which = {"file": printable(name).replace("\\", "/"), "set": item.pin, "newer": item.newer}
        what = {"assessable": item.outcome.result is not None, "changes": changes}
        sets.append({**which, **what, "diagnostics": list(problems)})
    return {"schema": FACTORS_SCHEMA, "outdated": sets}
