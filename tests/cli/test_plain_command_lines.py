"""Plain command lines are read without typer, and read as typer reads them; all else is left to it."""

from __future__ import annotations

import inspect
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cpcalc.__main__ import run
from cpcalc.app.batch import Job
from cpcalc.cli import application
from cpcalc.cli.application import run_command
from cpcalc.cli.plain import COMMANDS, LANGUAGE_VARIABLE, plain

PLANT = "cpcalc: 1\nenterprise: {id: a, name: A}\ndata-status: draft\n"
TYPED = {
    function.__name__: function
    for function in application.COMMANDS
    if function.__name__ in COMMANDS
}
PARTS = sorted(
    {name for command in COMMANDS.values() for name in command.options}
    | {
        word
        for command in COMMANDS.values()
        for option in command.options.values()
        for word in option.words or ()
    }
    | {
        "a.yaml",
        "-",
        "--format=json",
        "--lang=vi",
        "--lang=fr",
        "--strict=yes",
        "--",
        "-v",
        "--jobs",
        "2",
        "--format=",
        "--output=b",
    }
)
command_lines = st.tuples(
    st.sampled_from(sorted(COMMANDS)), st.lists(st.sampled_from(PARTS), max_size=5)
)


def called(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any] | None:
    """What typer calls the command's work with, defaults filled in; None where it refuses the arguments."""
    found: list[dict[str, Any]] = []
    command = COMMANDS[arguments[0]]
    module = import_module(command.module)
    signature = inspect.signature(getattr(module, command.function))

    def work(*positional: Any, **named: Any) -> int:
        found.append(complete(signature, positional, named))
        return 0

    monkeypatch.setattr(module, command.function, work)
    run_command(arguments)
    return found[0] if found else None


def complete(signature: inspect.Signature, positional: Any, named: Any) -> dict[str, Any]:
    bound = signature.bind(*positional, **named)
    bound.apply_defaults()
    given = dict(bound.arguments)
    if "job" in given:  # two ways to say it
        job = given.pop("job") or Job(cached=not given["no_cache"])
        given |= {"no_cache": not job.cached, "job": job._asdict()}
    return {
        name: list(value) if isinstance(value, tuple | list) and name != "job" else value or None
        for name, value in given.items()
    }


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(command_lines, st.sampled_from([None, "", "en", "vi", "fr"]))
def test_what_is_read_here_is_what_typer_reads(
    monkeypatch: pytest.MonkeyPatch, line: tuple[str, list[str]], language: str | None
) -> None:
    arguments = [line[0], *line[1]]
    with monkeypatch.context() as patch:
        patch.delenv(LANGUAGE_VARIABLE, raising=False)
        if language is not None:
            patch.setenv(LANGUAGE_VARIABLE, language)
        read = plain(arguments)
        if read is None:
            return
        command, files, settled = read
        signature = inspect.signature(getattr(import_module(command.module), command.function))
        assert complete(signature, (files,), settled) == called(arguments, patch)


def words_of(kind: Any) -> tuple[str, ...]:
    """The words that a Literal, or an optional one, allows."""
    parts = (kind,) if get_origin(kind) is Literal else get_args(kind)
    return tuple(word for part in parts if get_origin(part) is Literal for word in get_args(part))


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_the_words_of_an_option_are_those_that_typer_takes(name: str) -> None:
    parameters = inspect.signature(TYPED[name], eval_str=True).parameters
    for option, (keyword, words) in COMMANDS[name].options.items():
        typed = parameters[keyword if keyword in parameters else "lang"].annotation
        kind = get_args(typed)[0]
        assert words == (None if kind == str | None else words_of(kind)), option
        assert (words == ()) == (kind is bool)


@pytest.mark.parametrize(
    "words",
    [
        [], ["--format", "json"], ["a", "--format"], ["a", "--format", "xml"], ["a", "--format="], ["a", "--strict=1"],
        ["a", "--format", "json", "--format", "csv"], ["--", "a"], ["a", "--form", "json"], ["a", "-h"],
        ["a", "--format", "--strict"], ["a", "--jobs", "2"], ["a", "--output", "-b"], ["a", "--output"],
        ["a", "--output="], ["a", "--debug"],
    ],
)  # fmt: skip
def test_all_else_is_left_to_typer(words: list[str]) -> None:
    assert plain(["batch", *words]) is None
    assert plain(["why", *words]) is None


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_answer_is_the_same_whoever_reads(
    command: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "cache"))
    file = tmp_path / "plant.yaml"
    file.write_text(
        PLANT
        + "measures: [{id: m, title: =M, benefits: [{saves: 5 million VND/year, as: energy}]}]\n"
    )
    shown = set()
    forms = COMMANDS[command].options["--format"].words or ()
    for form in forms:
        code = run_command([command, str(file), "--format", form, "--lang", "vi"])
        read_by_typer = capsys.readouterr()
        assert run([command, f"--format={form}", str(file), "--lang", "vi"]) == code
        assert capsys.readouterr() == read_by_typer
        shown.add(read_by_typer.out)
    assert len(shown) >= len(forms) - 1  # where nothing is wrong, two say nothing
