"""The typer application, and how a command line ends when something goes wrong."""

import os
import sys
import traceback
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from cpcalc import __version__
from cpcalc.app.files import reason_of
from cpcalc.app.settings import SettingsError, settings
from cpcalc.cli import FAULT, INTERRUPTED, NOT_DONE, OK
from cpcalc.cli.assess import assess
from cpcalc.cli.check import check, migrate
from cpcalc.cli.excel import import_, template
from cpcalc.cli.lsp import lsp
from cpcalc.cli.other import explain, factors, lock, new, schema, why
from cpcalc.cli.output import Output, OutputLostError, complain
from cpcalc.cli.programme import batch, merge, programme
from cpcalc.cli.report import report
from cpcalc.cli.trust import diff, verify
from cpcalc.report.problems import shown
from cpcalc.texts import LANGUAGES

app = typer.Typer(
    name="cpcalc",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    no_args_is_help=True,
    options_metavar="",
    subcommand_metavar="COMMAND ...",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Calculator for cleaner-production assessments: "
    "savings, payback, CO2 and dust, every figure traced.",
)


class _Command(TyperCommand):
    """A command whose usage is written as people write it: ``FILE...``, not ``{FILE}...``."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [piece.replace("{", "").replace("}", "") for piece in pieces]


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cpcalc {__version__}")
        raise typer.Exit


@app.callback()
def before_a_command(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            callback=_show_version,
            is_eager=True,
            help="Show the version and leave.",
        ),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


for command in (
    new, assess, why, check, migrate, explain, schema, lock, batch, merge, programme, report,
    verify, diff, lsp, template,
):  # fmt: skip
    app.command()(command)
app.command("import")(import_)
app.add_typer(factors, name="factors", options_metavar="", subcommand_metavar="COMMAND ...")
for registered in (*app.registered_commands, *factors.registered_commands):
    registered.cls, registered.options_metavar = _Command, "[options]"


def _settings(arguments: list[str]) -> dict[str, Any]:
    """What the project says for every command; nothing where only help or the version is asked."""
    language = os.environ.get("CPCALC_LANG", "")[:2].lower()  # vi_VN.UTF-8 as well
    if language in LANGUAGES:
        os.environ["CPCALC_LANG"] = language
    if {"--help", "-h", "--version", "-V"} & set(arguments):
        return {}
    said = settings(Path.cwd())
    commands = [*app.registered_commands, *factors.registered_commands]
    named = {one.name or one.callback.__name__: said for one in commands if one.callback}
    return {**named, "factors": named}


def execute(arguments: list[str]) -> int:
    """Run one command line; its exit code. Raises KeyboardInterrupt at Ctrl-C."""
    try:
        return _executed(arguments)
    except (OutputLostError, OSError):  # not even what is wrong can be said
        return NOT_DONE


def _executed(arguments: list[str]) -> int:
    try:
        code = app(arguments, standalone_mode=False, default_map=_settings(arguments))
    except SettingsError as error:
        file, key, known = error.args
        what = "unknown-setting" if known else "settings-unreadable"
        return Output("en").refuse(what, file=file, setting=key, known=known)
    except OutputLostError as error:
        complain([f"cpcalc: cannot write the output: {error}"])
        return NOT_DONE
    except typer.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from error
        complain(["stopped: the input ended at a question"])
        return NOT_DONE
    except Exception as error:
        if isinstance(error.__cause__, KeyboardInterrupt):
            raise
        if hasattr(error, "show"):  # a usage error, said in typer's words
            if hasattr(error, "message"):
                error.message = shown(error.message.replace("Value error, ", ""))
            error.show(sys.stderr)
            return NOT_DONE
        if "--debug" in arguments:
            traceback.print_exception(error)
        if isinstance(error, OSError):  # no handles, no working folder, a full disk
            complain([f"cpcalc: the system says: {reason_of(error)}"])
            return NOT_DONE
        complain([f"cpcalc: internal fault: {type(error).__name__}: {error}"])
        advice = "Run again with --debug and report what it prints."
        complain([f"This is a fault of cpcalc, not of your file. {advice}"])
        return FAULT
    if code == INTERRUPTED:  # what typer makes of Ctrl-C
        raise KeyboardInterrupt
    return int(code or OK)
