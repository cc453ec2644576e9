"""The typer application. Commands stand in one tuple; each imports what it needs when it runs."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import typer

from cpcalc.cli.assess import assess
from cpcalc.cli.batch import batch, merge
from cpcalc.cli.check import check
from cpcalc.cli.exits import INTERRUPTED, NOT_DONE, OK
from cpcalc.cli.explain import explain
from cpcalc.cli.factors import factors
from cpcalc.cli.lock import lock
from cpcalc.cli.new import new
from cpcalc.cli.output import complain
from cpcalc.cli.programme import programme
from cpcalc.cli.schema import schema
from cpcalc.cli.version import version_option
from cpcalc.cli.why import why

COMMANDS: tuple[Callable[..., Any], ...] = (
    new,
    assess,
    why,
    check,
    explain,
    schema,
    lock,
    batch,
    merge,
    programme,
)


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
    app.add_typer(factors(), name="factors")
    return app


def run_command(arguments: list[str]) -> int:
    """Run one command line; the exit code. Usage errors are typer's own words.

    typer turns Ctrl-C into an exit code (or, in older versions, an Abort, as the end of input at a question): Ctrl-C is
    raised again, so that it ends the same way whether typer read the options or not.
    """
    try:
        result = application()(arguments, standalone_mode=False)
    except typer.Exit as error:
        result = error.exit_code
    except typer.Abort as error:
        if isinstance(error.__cause__ or error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        complain(["stopped: the input ended at a question"])
        return NOT_DONE
    except Exception as error:
        show = getattr(error, "show", None)
        if show is None:
            raise
        if hasattr(error, "message"):
            error.message = str(error.message).replace("Value error, ", "")
        show(sys.stderr)
        return NOT_DONE
    if result == INTERRUPTED:
        raise KeyboardInterrupt
    return result if isinstance(result, int) else OK
