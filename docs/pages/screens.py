"""Screens in the README and in docs/: what stands under each `$ cpcalc ...` is what the command prints.

A block fenced with ``yaml file=NAME`` is written to a file first. Commands run in one empty folder per page, with the
shipped assessments beside them.
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

BLOCK = re.compile(r"^```(?P<info>console|yaml file=(?P<file>\S+))\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
SHIPPED = ("assessments", "emission_factors")


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    """Each page that has a screen, with its screens filled in."""
    for page in [root / "README.md", *sorted((root / "docs").glob("*.md"))]:
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
        try:
            return BLOCK.sub(_block, text)
        finally:
            os.chdir(here)


def _block(match: re.Match[str]) -> str:
    body = match["body"]
    if match["file"]:
        Path(match["file"]).write_text(body, encoding="utf-8")
        return match.group()
    lines = []
    for line in body.split("\n"):
        if line.startswith("$ "):
            lines += [line, *_output(line.removeprefix("$ "))]
    return f"```{match['info']}\n" + "\n".join(lines) + "\n```"


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
