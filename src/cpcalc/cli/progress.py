"""Progress on standard error: a bar with rate and time left on a terminal, nothing anywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

# A bar that is gone before it can be read only flickers.
FEWEST_FILES_SHOWN = 20


@contextmanager
def progress_bar(language: str) -> Iterator[Callable[[int, int], None]]:
    """A function that is told how many of how many are done."""
    if not sys.stderr.isatty():
        yield _quiet
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TaskProgressColumn,
        TextColumn,
        TimeRemainingColumn,
    )

    from cpcalc.report.words import word

    rate = TextColumn(f"{{task.fields[rate]}} {word('files-per-second', language)}")
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
        rate,
    )
    console = Console(stderr=True, markup=False, highlight=False)
    with Progress(*columns, TimeRemainingColumn(), console=console, transient=True) as bar:
        task = bar.add_task(word("batch", language), total=None, rate="-", visible=False)

        def show(done: int, total: int) -> None:
            speed = bar.tasks[0].speed
            shown = "-" if speed is None else f"{speed:,.0f}"
            bar.update(
                task, completed=done, total=total, rate=shown, visible=total >= FEWEST_FILES_SHOWN
            )

        yield show


def _quiet(done: int, total: int) -> None:
    """Nothing to show: nobody watches."""
