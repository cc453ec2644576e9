"""What `verify` and `diff` found, as pages and as JSON data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cpcalc.figures import Figure, Reported, figures_in
from cpcalc.report import tables
from cpcalc.report.json_result import Data, written
from cpcalc.report.layout import Block, Cell, Heading, Notes, Table, harmless
from cpcalc.report.numbers import adding_up, exact, scale_of
from cpcalc.texts import word

MOST_SHOWN, MOST_INPUTS = 40, 3
# The kinds of change that a result is attributed to, in their order, and what these leave.
KINDS = ("activity", "price", "factor", "rate", "measures", "basis", "version", "input")
INTERACTION = "interaction"
FIGURE = "figure"  # what changed is no place of a file, but a figure of the result


class Cause(NamedTuple):
    """Something a result rests on that is another now, or that it was edited itself."""

    kind: str  # edited, version, input, factor-set; of two files one of the kinds of change
    name: str = ""
    said: str = ""
    now: str = ""


class Changed(NamedTuple):
    """A value of a result, or of its file, that is another now.

    ``first`` is the figure of its workings with which the change begins, where that is not itself;
    ``inputs`` are those of the file, as they stand now, that can have done it.
    """

    place: str
    said: Any
    now: Any
    causes: tuple[Cause, ...]
    first: str = ""
    inputs: tuple[str, ...] = ()


class Verified(NamedTuple):
    """A result held against the same computed again."""

    file: str
    causes: tuple[Cause, ...]
    changed: tuple[Changed, ...]

    @property
    def holds(self) -> bool:
        """Whether the result was not edited and every figure is the same again."""
        return not self.changed and all(cause.kind != "edited" for cause in self.causes)


class Attributed(NamedTuple):
    """A figure of two results, and what each kind of change did to it: the parts sum to the change.

    Without a change the two have no number, or not one unit. Of a side of the payback there is
    only what it changes of the payback.
    """

    figure: str
    before: Reported | None
    after: Reported | None
    change: Figure | None
    parts: Mapping[str, Figure]


class Difference(NamedTuple):
    """What changed from one result to another, in its file and in its figures."""

    before: str
    after: str
    changes: tuple[Changed, ...]
    attributed: tuple[Attributed, ...]

    @property
    def differs(self) -> bool:
        """Whether any figure does, be it of the totals or below them."""
        return bool(self.attributed) or any(item.causes[0].kind == FIGURE for item in self.changes)


def as_data(found: Verified | Difference) -> Data:
    """Either as JSON data."""
    if isinstance(found, Difference):
        return {"schema": "cpcalc/diff/1", **written(found)}
    return {"schema": "cpcalc/verify/1", "holds": found.holds, **written(found)}


def verified_page(verified: Verified, language: str) -> Iterator[Block]:
    """Whether a result holds; what it rests on that is another, and each value that changed."""
    verdict = word("verify-holds" if verified.holds else "verify-differs", language)
    yield Heading(harmless(verified.file), verdict, is_warning=not verified.holds)
    if verified.causes:
        yield Notes([_named(cause, language) for cause in verified.causes])
    yield from _by_cause(verified.changed, language)


def difference_page(difference: Difference, language: str) -> Iterator[Block]:
    """Whether the results differ, each figure by what changed it, and each place that changed."""
    verdict = word("diff-differs" if difference.differs else "diff-same", language)
    yield Heading(harmless(f"{difference.before} -> {difference.after}"), verdict)
    kinds = [kind for kind in KINDS if any(kind in item.parts for item in difference.attributed)]
    if any(INTERACTION in item.parts for item in difference.attributed):
        kinds.append(INTERACTION)
    heads = ("figure", "before", "after", "change-short", *(f"change-{kind}" for kind in kinds))
    rows = [_row(item, kinds, language) for item in difference.attributed]
    if rows:
        ends = [figures_in([item.before, item.after]) for item in difference.attributed]
        notes = list(tables.mark_notes([Table("", (), ends)], language))
        yield tables.table("attribution", heads, rows, language, notes=notes)
    if difference.changes:
        heads = ("place", "change", "before", "after")
        places = [
            (item.place, _kind(item.causes[0], language), *_pair(item, language))
            for item in difference.changes
        ]
        yield tables.table("changed-places", heads, places, language, heads)


def _row(item: Attributed, kinds: Sequence[str], language: str) -> Sequence[Cell]:
    """A figure before and after with what is added between, which add up as they are shown."""
    label = tables.label_of(item.figure, language)
    if item.change is None:
        return (label, item.before, item.after, *("" for _ in (INTERACTION, *kinds)))
    nothing = Figure(0.0, item.change.unit)
    is_side = item.before is None and item.after is None
    ends = (item.before, item.change if is_side else item.after)
    one, other = (end if isinstance(end, Figure) else nothing for end in ends)
    parts = [item.parts.get(kind, nothing) for kind in kinds]
    scale = scale_of([one, other, *parts], language)
    before, after, change, *added = adding_up(one, other, parts, scale, language)
    shown = [text if kind in item.parts else "" for kind, text in zip(kinds, added, strict=True)]
    first = ("", "") if is_side else (before, after)
    return (f"{label}, {scale.unit}", *first, change, *shown)


def _by_cause(changed: Sequence[Changed], language: str) -> Iterator[Block]:
    """The values that changed, first those of the whole; those of one cause together."""
    groups: dict[str, list[str]] = {}
    by_depth = sorted(changed, key=lambda item: (item.place[:6] != "totals", item.place.count(".")))
    for item in by_depth[:MOST_SHOWN]:
        said = [", ".join(_kind(cause, language) for cause in item.causes)]
        said += [word("begins-at", language, figure=item.first)] if item.first else []
        inputs = ", ".join(item.inputs[:MOST_INPUTS])
        said += [word("rests-on-inputs", language, inputs=inputs)] if inputs else []
        one, other = _pair(item, language)
        groups.setdefault(harmless("; ".join(said)), []).append(f"{item.place}: {one} -> {other}")
    yield from (Notes([f"{because}:", *lines]) for because, lines in groups.items())
    if len(changed) > MOST_SHOWN:
        yield Notes([word("further-figures", language, count=len(changed) - MOST_SHOWN)])


def _pair(item: Changed, language: str) -> tuple[str, str]:
    return _short(item.said, language), _short(item.now, language)


def _short(value: Any, language: str) -> str:
    """A value of a result or a file in few words: a figure, or by what a record is known."""
    if isinstance(value, dict):
        if "not_applicable" in value:
            return word(str(value["not_applicable"]), language)
        known = [value[key] for key in (language, "title", "id", "name", "file") if key in value]
        value = known[:1] or [value.get("value", "..."), value.get("unit", "")]
    if isinstance(value, list):
        return " ".join(_short(item, language) for item in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return exact(value, language)
    return "-" if value is None else tables.cut(harmless(str(value)))


def _named(cause: Cause, language: str) -> str:
    moved = f": {cause.said[:12]} -> {cause.now[:12]}" if cause.said else ""
    return _kind(cause, language) + moved


def _kind(cause: Cause, language: str) -> str:
    return f"{word(f'change-{cause.kind}', language)} {cause.name}".strip()
