"""The typer application, and how a command line ends when something goes wrong."""

import io
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from cpcalc import __version__
from cpcalc.app.files import reason_of
from cpcalc.app.settings import SettingsError, settings
from cpcalc.cli import FAULT, INTERRUPTED, NOT_DONE, OK
from cpcalc.cli.output import Output, OutputLostError, complain
from cpcalc.report.problems import shown
from cpcalc.texts import LANGUAGES, words_of

# Each command, in the order of ``--help``, and its function in this room.
COMMANDS = {
    "new": "other.new", "assess": "assess.assess", "why": "other.why", "check": "check.check",
    "migrate": "check.migrate", "explain": "other.explain", "schema": "other.schema",
    "lock": "other.lock", "batch": "programme.batch", "merge": "programme.merge",
    "programme": "programme.programme", "report": "report.report", "verify": "trust.verify",
    "diff": "trust.diff", "lsp": "lsp.lsp", "template": "excel.template",
    "import": "excel.import_", "factors": "other.factors",
}  # fmt: skip


class _Command(TyperCommand):
    """A command whose usage is written as people write it: ``FILE...``, not ``{FILE}...``."""

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        pieces = super().collect_usage_pieces(ctx)
        return [piece.replace("{", "").replace("}", "") for piece in pieces]

    def get_help(self, ctx: Any) -> str:
        said = words_of("help", _language() or "en")
        parts: list[Any] = [self, *self.get_params(ctx)]
        for one in parts:
            one.help = said.get(" ".join((one.help or "").split()), one.help)
        return _in_words(super().get_help(ctx), _language())


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cpcalc {__version__}")
        raise typer.Exit


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
    debug: Annotated[
        bool,
        typer.Option("--debug", help="With any command: show where cpcalc itself fails."),
    ] = False,
) -> None:
    """Take the options that stand before a command."""


def application(asked: str = "", said: Mapping[str, Any] = MappingProxyType({})) -> typer.Typer:
    """The application with the command that is asked for, whose module alone is loaded; without
    one with all. ``said`` are the defaults that the project sets for options.
    """
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
    app.callback()(before_a_command)
    for name in [asked] if asked in COMMANDS else COMMANDS:
        module, _, function = COMMANDS[name].partition(".")
        command = getattr(import_module(f"cpcalc.cli.{module}"), function)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name, options_metavar="", subcommand_metavar="COMMAND ...")
            registered = command.registered_commands
        else:
            app.command(name)(command)
            registered = app.registered_commands[-1:]
        for one in registered:
            one.cls, one.options_metavar = _Command, "[options]"
            one.context_settings = {"default_map": said}
    return app


def _language(arguments: Sequence[str] = ()) -> str | None:
    """The language that arguments or the environment ask for, where it is one: vi_VN.UTF-8 too."""
    asked = dict(pairwise(arguments)).get("--lang") or os.environ.get("CPCALC_LANG", "")
    return {one[:2]: one for one in LANGUAGES}.get(asked[:2].lower())


def _in_words(text: str, language: str | None) -> str:
    """What typer says, in the words of the language."""
    for english, words in words_of("command-line", language or "en").items():
        text = text.replace(english, words)
    return text


def _settings(arguments: list[str]) -> dict[str, Any]:
    """What the project says for every command; nothing where only help or the version is asked."""
    if language := _language():
        os.environ["CPCALC_LANG"] = language
    if {"--help", "-h", "--version", "-V"} & set(arguments):
        return {}
    return settings(Path.cwd())


def execute(arguments: list[str]) -> int:
    """Run one command line; its exit code. Raises KeyboardInterrupt at Ctrl-C."""
    left = [one for one in arguments if one != "--debug"]  # which may stand anywhere
    try:
        return _executed(left, is_debugged=left != arguments)
    except (OutputLostError, OSError):  # not even what is wrong can be said
        return NOT_DONE


def _executed(arguments: list[str], *, is_debugged: bool) -> int:
    try:
        app = application(arguments[0] if arguments else "", _settings(arguments))
        code = app(arguments, prog_name="cpcalc", standalone_mode=False)
    except SettingsError as error:
        file, key, known = error.args
        what = "unknown-setting" if known else "settings-unreadable"
        return Output(_language() or "en").refuse(what, file=file, setting=key, known=known)
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
                lines = error.message.replace("Value error, ", "").split("\n")  # help has many
                error.message = "\n".join(map(shown, lines))
            said = io.StringIO()
            error.show(said)
            complain(_in_words(said.getvalue(), _language(arguments)).splitlines())
            return NOT_DONE
        if is_debugged:
            sys.excepthook(type(error), error, error.__traceback__)
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
