"""docs/cli.md: every command with its arguments and options, from the command line itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

INTRODUCTION = """\
# Commands

`cpcalc COMMAND --help` shows the same on the terminal. Results go to standard output, diagnostics and progress to
standard error. `NO_COLOR` and a pipe switch colour off.

| exit code | meaning |
|---|---|
| 0 | nothing is wrong |
| 1 | the files have errors (or, with `--strict`, warnings) |
| 2 | the job could not be done: usage, a missing file, an output that cannot be written |
| 3 | a fault of cpcalc itself; `--debug`, with any command, shows where |
"""


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    import typer.main

    from cpcalc.cli.main import application

    group: Any = typer.main.get_command(application())
    commands = [
        "\n".join(_command(group.commands[name], f"cpcalc {name}")) for name in group.commands
    ]
    parts = [INTRODUCTION, *commands]
    yield root / "docs" / "cli.md", "\n".join(parts)


def _command(command: Any, name: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is not None:
        yield f"## `{name}`"
        yield ""
        yield (command.help or "").strip()
        yield ""
        for sub in inner:
            yield from _command(inner[sub], f"{name} {sub}")
        return
    arguments = [item for item in command.params if item.param_type_name == "argument"]
    options = [
        item for item in command.params if item.param_type_name == "option" and not item.hidden
    ]
    named = [
        f"{item.metavar or item.name.upper()}{'...' if item.nargs == -1 else ''}"
        for item in arguments
    ]
    named = [
        shown if item.required else f"[{shown}]"
        for shown, item in zip(named, arguments, strict=True)
    ]
    usage = " ".join([name, *named, "[options]"])
    yield f"## `{usage}`"
    yield ""
    yield " ".join(line.strip() for line in (command.help or "").split("\n")).strip()
    yield ""
    rows = [
        (f"`{shown}`", getattr(item, "help", "") or "")
        for shown, item in zip(named, arguments, strict=True)
    ]
    rows += [(_flags(item), _meaning(item)) for item in options if item.name != "help"]
    if rows:
        yield "| | |"
        yield "|---|---|"
        for left, right in rows:
            yield f"| {left} | {' '.join(right.split())} |".replace("|  |", "| |")
        yield ""


def _flags(option: Any) -> str:
    names = ", ".join(f"`{flag}`" for flag in (*option.opts, *option.secondary_opts))
    return (
        names
        if option.is_flag
        else f"{names} {option.metavar or option.name.replace('_', '-').upper()}"
    )


def _meaning(option: Any) -> str:
    default = option.default
    shown = default is not None and default is not False and default != () and not callable(default)
    choices = getattr(
        getattr(option, "type_descriptor", None) or getattr(option, "type", None), "choices", None
    )
    said = (option.help or "") + (f" One of: {', '.join(choices)}." if choices else "")
    return said + (f" (default: {default})" if shown and not option.is_flag else "")
