"""The command line. Commands stand in one tuple; each imports what it needs when it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer

from cpcalc.cli.assess import assess
from cpcalc.cli.check import check
from cpcalc.cli.exits import FAULT, NOT_DONE, OK
from cpcalc.cli.output import complain
from cpcalc.cli.version import version_option

COMMANDS: tuple[Callable[..., Any], ...] = (assess, check)


def application() -> typer.Typer:
    """The typer application with all commands."""
    app = typer.Typer(
        name="cpcalc",
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=True,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Calculator for cleaner-production assessments: savings, payback, CO2 and dust, every figure traced.",
    )
    app.callback()(version_option)
    for command in COMMANDS:
        app.command(command.__name__.removesuffix("_command"))(command)
    return app


def run_command(arguments: list[str]) -> int:
    """Run one command line; the exit code. A fault of ours is reported as one, with the traceback under --debug."""
    try:
        result = application()(arguments, standalone_mode=False)
    except KeyboardInterrupt:
        complain(["interrupted"])
        return 130
    except BrokenPipeError:
        return OK
    except typer.Exit as error:
        return error.exit_code
    except Exception as error:
        return _failed(error, debug="--debug" in arguments)
    return result if isinstance(result, int) else OK


def _failed(error: Exception, *, debug: bool) -> int:
    show = getattr(error, "show", None)
    if show is not None:  # a usage error: typer's own words say which option
        show(sys.stderr)
        return NOT_DONE
    if debug:
        import traceback

        traceback.print_exception(error)
    complain(
        [
            f"cpcalc: internal fault: {type(error).__name__}: {error}",
            "This is a fault of cpcalc, not of your file. Run again with --debug and report what it prints.",
        ]
    )
    return FAULT
