"""The page as plain text: aligned, at most 80 cells wide, nothing but letters and spaces. For pipes, logs and mail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cpcalc.report.layout import Block
from cpcalc.report.page import lines_of

WIDTH_CELLS = 80


def render(blocks: Iterable[Block], language: str, width: int = WIDTH_CELLS) -> Iterator[str]:
    """The lines of the page."""
    for line in lines_of(blocks, language, width):
        yield "".join(text for text, _ in line).rstrip()
