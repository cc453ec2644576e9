"""Command lines of files and simple options, read without typer, which takes longer than much of what is asked.

Only what has one meaning is read here: a command below, files, and its options in the table, each once and written
out. Everything else (help, slips, short options, values with a syntax of their own) is left to typer; a test holds
both to the same reading.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Option(NamedTuple):
    """What an option sets, and the words it takes: one of these, any (None), or none at all: a flag."""

    keyword: str
    words: tuple[str, ...] | None = ()

    @property
    def is_flag(self) -> bool:
        """Whether it stands alone."""
        return self.words == ()

    def takes(self, word: str) -> bool:
        """Whether a word is a value of it; what might be an option is left to typer."""
        return (
            word in self.words
            if self.words is not None
            else bool(word) and not word.startswith("-")
        )


class Plain(NamedTuple):
    """A command that takes files: the function that does the work, and its plain options."""

    module: str
    function: str
    options: Mapping[str, Option]


LANGUAGES = ("en", "vi")
LANGUAGE_VARIABLE = "CPCALC_LANG"
_OUTPUT = Option("output", None)
_FORM = Option("form", ("terminal", "json", "csv", "markdown"))
COMMANDS: Mapping[str, Plain] = {
    "assess": Plain(
        "cpcalc.cli.assessing",
        "assess_files",
        {
            "--format": _FORM,
            "--output": _OUTPUT,
            "--lang": Option("language", LANGUAGES),
            "--economics": Option("economics"),
            "--strict": Option("strict"),
            "--frozen": Option("frozen"),
        },
    ),
    "batch": Plain(
        "cpcalc.cli.batching",
        "batch_paths",
        {
            "--format": _FORM,
            "--output": _OUTPUT,
            "--lang": Option("language", LANGUAGES),
            "--group-by": Option("group_by", ("province", "sector", "data-status")),
            "--no-cache": Option("no_cache"),
            "--strict": Option("strict"),
        },
    ),
    "check": Plain(
        "cpcalc.cli.checking",
        "check_paths",
        {
            "--format": Option("form", ("full", "concise", "github", "sarif", "junit", "json")),
            "--output": _OUTPUT,
            "--lang": Option("lang", LANGUAGES),
            "--tier": Option("tier", ("full", "basic")),
            "--strict": Option("strict"),
            "--frozen": Option("frozen"),
            "--verbose": Option("verbose"),
        },
    ),
}


def plain(arguments: Sequence[str]) -> tuple[Plain, list[str], dict[str, Any]] | None:
    """The command, its files and what its options set; None where typer must read the arguments."""
    command = COMMANDS.get(arguments[0]) if arguments else None
    if command is None:
        return None
    files: list[str] = []
    settings: dict[str, Any] = {}
    rest = iter(arguments[1:])
    for argument in rest:
        if argument == "-" or not argument.startswith("-"):
            files.append(argument)
            continue
        name, sign, value = argument.partition("=")
        option = command.options.get(name)
        if option is None or option.keyword in settings:
            return None
        if option.is_flag:
            if sign:
                return None
            settings[option.keyword] = True
            continue
        word = value if sign else next(rest, "")
        if not option.takes(word):
            return None
        settings[option.keyword] = word
    language, of_environment = command.options["--lang"], os.environ.get(LANGUAGE_VARIABLE, "")
    if of_environment and language.keyword not in settings:
        if not language.takes(of_environment):
            return None
        settings[language.keyword] = of_environment
    return (command, files, settings) if files else None
