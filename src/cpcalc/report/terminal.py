"""The page on a terminal, painted by rich: the same lines as in a pipe, with a little colour."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from cpcalc.report.layout import Block
from cpcalc.report.page import lines_of

# A wider page is harder to read across; a narrower terminal gets what fits.
WIDEST_CELLS = 100
STYLES = {
    "name": "bold",
    "warning": "bold yellow",
    "title": "bold cyan",
    "label": "",
    "header": "dim",
    "rule": "dim",
    "total": "bold",
    "dim": "dim",
    "": "",
}


def print_pages(
    pages: Iterable[Iterable[Block]], language: str, console: Console | None = None
) -> None:
    """Print pages; rich decides on colour (NO_COLOR, TERM) and on what the terminal can."""
    screen = console or Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    width = min(screen.width, WIDEST_CELLS)
    for number, blocks in enumerate(pages):
        page = Text("\n\n" if number else "")
        for line in lines_of(blocks, language, width):
            for text, role in line:
                page.append(_ruled(text, role, screen), STYLES[role])
            page.append("\n")
        screen.print(page, end="")


def _ruled(text: str, role: str, screen: Console) -> str:
    """A line drawn as one where the terminal's encoding has it."""
    return (
        text.replace("-", "\u2500")
        if role == "rule" and screen.encoding.lower().startswith("utf")
        else text
    )
