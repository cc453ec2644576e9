"""What `verify` and `diff` found, as pages and as JSON data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from cpcalc.report.json_result import Data, written
from cpcalc.report.layout import Block, Column, Heading, Pairs, Table
from cpcalc.texts import word

MOST_SHOWN = 40


class Cause(NamedTuple):
    """Something a result rests on that is another now, or that it was edited itself."""

    kind: str  # edited, version, input, factor-set
    name: str
    said: str = ""
    now: str = ""


class Changed(NamedTuple):
    """A value of a result that is another when it is computed again.

    ``first`` is the figure of its workings with which the change begins, where that is not itself.
    """

    figure: str
    said: Any
    now: Any
    causes: tuple[Cause, ...]
    first: str


class Verified(NamedTuple):
    """A result held against the same computed again."""

    file: str
    causes: tuple[Cause, ...]
    changed: tuple[Changed, ...]

    @property
    def holds(self) -> bool:
        """Whether the result was not edited and every figure is the same again."""
        return not self.changed and all(cause.kind != "edited" for cause in self.causes)


def verified_data(verified: Verified) -> Data:
    """The same as JSON data."""
    data = verified._asdict() | {"holds": verified.holds}
    return {"schema": "cpcalc/verify/1", **written(data)}


def verified_page(verified: Verified, language: str) -> Iterator[Block]:
    """Whether a result holds; what it rests on that is another, and each value that changed."""
    verdict = word("verify-holds" if verified.holds else "verify-differs", language)
    yield Heading(verified.file, verdict, is_warning=not verified.holds)
    if verified.causes:
        rows = [(word(f"cause-{item.kind}", language), _moved(item)) for item in verified.causes]
        yield Pairs(word("causes", language), rows)
    if verified.changed:
        yield from _changes(verified.changed, language)


def _moved(cause: Cause) -> str:
    return f"{cause.name}: {cause.said[:12]} -> {cause.now[:12]}" if cause.said else cause.name


def _changes(changed: Sequence[Changed], language: str) -> Iterator[Block]:
    """The first values that changed, those of one cause together."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for item in changed[:MOST_SHOWN]:
        row = (item.figure, f"{_short(item.said)} -> {_short(item.now)}")
        groups.setdefault(_because(item, language), []).append(row)
    yield from (Pairs(because, rows) for because, rows in groups.items())
    if len(changed) > MOST_SHOWN:
        yield Notes([word("further-figures", language, count=len(changed) - MOST_SHOWN)])


def _short(value: Any) -> str:
    return "-" if value is None else str(value)[:40]


def _because(item: Changed, language: str) -> str:
    causes = ", ".join(
        f"{word(f'cause-{cause.kind}', language)} {cause.name}".strip() for cause in item.causes
    )
    begins = word("begins-at", language, figure=item.first)
    return f"{causes}; {begins}" if item.first else causes
