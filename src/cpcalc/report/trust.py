"""What `verify` and `diff` found, as pages and as JSON data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cpcalc.figures import Figure, Reported
from cpcalc.report import tables
from cpcalc.report.enterprises import label_of
from cpcalc.report.json_result import Data, written
from cpcalc.report.layout import Block, Cell, Heading, Notes, harmless
from cpcalc.report.numbers import adding_up, scale_of
from cpcalc.texts import word

MOST_SHOWN = 40
# The kinds of change that a result is attributed to, in their order, and what these leave.
KINDS = ("activity", "price", "factor", "rate", "measures", "basis", "version", "input")
INTERACTION = "interaction"


class Cause(NamedTuple):
    """Something a result rests on that is another now, or that it was edited itself."""

    kind: str  # edited, version, input, factor-set; of two files one of the kinds of change
    name: str = ""
    said: str = ""
    now: str = ""


class Changed(NamedTuple):
    """A value of a result, or of its file, that is another now.

    ``first`` is the figure of its workings with which the change begins, where that is not itself.
    """

    place: str
    said: Any
    now: Any
    causes: tuple[Cause, ...]
    first: str = ""


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
    yield from _changes(verified.changed, language)


def difference_page(difference: Difference, language: str) -> Iterator[Block]:
    """Whether the results differ, each figure by what changed it, and each place that changed."""
    verdict = word("diff-differs" if difference.attributed else "diff-same", language)
    yield Heading(harmless(f"{difference.before} -> {difference.after}"), verdict)
    kinds = [kind for kind in KINDS if any(kind in item.parts for item in difference.attributed)]
    if any(INTERACTION in item.parts for item in difference.attributed):
        kinds.append(INTERACTION)
    heads = ("figure", "before", *(f"change-{kind}" for kind in kinds), "after")
    rows = [_row(item, kinds, language) for item in difference.attributed]
    if rows:
        yield tables.table("attribution", heads, rows, language)
    yield from _changes(difference.changes, language)


def _row(item: Attributed, kinds: Sequence[str], language: str) -> Sequence[Cell]:
    """A figure before and after with what is added between, which add up as they are shown."""
    label = label_of(item.figure, language)
    if item.change is None:
        return (label, item.before, *("" for _ in kinds), item.after)
    nothing = Figure(0.0, item.change.unit)
    is_side = item.before is None and item.after is None
    ends = (item.before, item.change if is_side else item.after)
    one, other = (end if isinstance(end, Figure) else nothing for end in ends)
    figures = [one, *(item.parts.get(kind, nothing) for kind in kinds), other]
    scale = scale_of(figures, language)
    first, *added, last = adding_up(figures, scale, language)
    shown = [text if kind in item.parts else "" for kind, text in zip(kinds, added, strict=True)]
    return (f"{label}, {scale.unit}", "" if is_side else first, *shown, last)


def _changes(changed: Sequence[Changed], language: str) -> Iterator[Block]:
    """The first values that changed, those of one cause together."""
    groups: dict[str, list[str]] = {}
    for item in changed[:MOST_SHOWN]:
        because = ", ".join(_kind(cause, language) for cause in item.causes)
        if item.first:
            because += f"; {word('begins-at', language, figure=item.first)}"
        line = f"{item.place}: {_short(item.said)} -> {_short(item.now)}"
        groups.setdefault(because, []).append(line)
    yield from (Notes([f"{because}:", *lines]) for because, lines in groups.items())
    if len(changed) > MOST_SHOWN:
        yield Notes([word("further-figures", language, count=len(changed) - MOST_SHOWN)])


def _short(value: Any) -> str:
    return "-" if value is None else str(value)[:60]


def _named(cause: Cause, language: str) -> str:
    moved = f": {cause.said[:12]} -> {cause.now[:12]}" if cause.said else ""
    return _kind(cause, language) + moved


def _kind(cause: Cause, language: str) -> str:
    return f"{word(f'change-{cause.kind}', language)} {cause.name}".strip()
