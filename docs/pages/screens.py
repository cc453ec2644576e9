"""Screens in the README and in docs/: what stands under each `$ cpcalc ...` is what the command prints.

A block fenced with ``yaml file=NAME`` is written to a file first; one fenced with ``console show="Begin..End"``
shows only the part from the line that begins so up to the next that does. Commands run in one empty folder per page,
with the shipped assessments beside them.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path

BLOCK = re.compile(
    r'^```(?P<info>console(?: show="(?P<begin>[^"]*?)\.\.(?P<end>[^"]*)")?|yaml file=(?P<file>\S+))\n'
    r"(?P<body>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
LEFT_OUT = "[...]"
SHIPPED = ("assessments", "emission_factors")


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    """Each page that has a screen, with its screens filled in."""
    for page in [*sorted(root.glob("README*.md")), *sorted((root / "docs").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        if "```console" in text:
            yield page, filled(text, root)


def filled(text: str, root: Path) -> str:
    """The page with the output of each command under it."""
    here = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        for name in SHIPPED:
            (Path(folder) / name).symlink_to(root / name, target_is_directory=True)
        os.chdir(folder)
        os.environ["CPCALC_CACHE_DIR"] = str(Path(folder) / "cache")
        try:
            return BLOCK.sub(_block, text)
        finally:
            os.chdir(here)
            del os.environ["CPCALC_CACHE_DIR"]


def _block(match: re.Match[str]) -> str:
    body = match["body"]
    if match["file"]:
        Path(match["file"]).write_text(body, encoding="utf-8")
        return match.group()
    lines = []
    for line in body.split("\n"):
        if line.startswith("$ "):
            lines += [
                line,
                *_part(_output(line.removeprefix("$ ")), match["begin"] or "", match["end"] or ""),
            ]
    return f"```{match['info']}\n" + "\n".join(lines) + "\n```"


def _part(lines: list[str], begin: str, end: str) -> list[str]:
    """The lines from the one that begins with ``begin`` up to the next that begins with ``end``; all without them."""
    first = (
        next(number for number, line in enumerate(lines) if line.startswith(begin)) if begin else 0
    )
    ends = (
        number
        for number, line in enumerate(lines)
        if end and number > first and line.startswith(end)
    )
    last = next(ends, len(lines))
    chosen = lines[first:last]
    while last < len(lines) and chosen and not chosen[-1]:
        chosen.pop()
    return [*([LEFT_OUT] if first else []), *chosen, *([LEFT_OUT] if last < len(lines) else [])]


def _output(command: str) -> list[str]:
    """What a command prints, on both streams in order."""
    from cpcalc.__main__ import run

    name, *arguments = shlex.split(command)
    if name != "cpcalc":
        raise ValueError(f"only cpcalc runs in a screen, not {name}")
    screen = io.StringIO()
    with contextlib.redirect_stdout(screen), contextlib.redirect_stderr(screen):
        run(arguments)
    return screen.getvalue().rstrip("\n").split("\n") if screen.getvalue().strip() else []
