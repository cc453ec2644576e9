"""The console command: light until a command runs, and honest about how it ended."""

from __future__ import annotations

import sys


def console() -> None:
    """Run the command line and leave at once: tearing the interpreter down would take longer than the work."""
    import gc
    import os

    _open_streams()
    gc.disable()  # one short run: collecting garbage while loading costs more than it frees
    code = run(sys.argv[1:])
    os._exit(code)


def _open_streams() -> None:
    """Give closed streams somewhere to go, and let Windows consoles and pipes have Vietnamese."""
    import os

    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - as long as the process
        elif os.name == "nt":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


_NOT_DONE = 2

_FORMS = ("terminal", "json", "csv", "markdown")
# Commands that take plain files, and the names --format knows: without any other option they need no reading of
# options, which takes longer than much of what is asked.
PLAIN = {
    "assess": ("cpcalc.cli.assessing:assess_files", _FORMS),
    "batch": ("cpcalc.cli.batching:batch_paths", _FORMS),
    "check": ("cpcalc.cli.checking:check_paths", ("full", "concise", "github", "sarif", "junit", "json")),
}


def run(arguments: list[str]) -> int:
    """Exit code of the command line: 0 fine, 1 files with errors, 2 job not done, 3 a fault of ours."""
    if arguments == ["--version"]:
        from cpcalc import __version__

        print(f"cpcalc {__version__}")  # noqa: T201 - the one line that needs no command
        return _flushed(0)
    from cpcalc.cli.guard import guarded

    return _flushed(guarded(lambda: _run(arguments), debug="--debug" in arguments))


def _run(arguments: list[str]) -> int:
    import os

    command, *words = arguments or [""]
    place, forms = PLAIN.get(command, ("", ()))
    read = plain(words, forms)
    if place and read is not None and "CPCALC_LANG" not in os.environ:
        from importlib import import_module

        module, _, name = place.partition(":")
        files, options = read
        return int(getattr(import_module(module), name)(files, **options))
    from cpcalc.cli.application import run_command

    return run_command(arguments)


def plain(words: list[str], forms: tuple[str, ...]) -> tuple[list[str], dict[str, str]] | None:
    """The files named and the form asked for, where no other option stands; None where typer must read the words."""
    files: list[str] = []
    options: dict[str, str] = {}
    rest = iter(words)
    for word in rest:
        if word == "-" or not word.startswith("-"):
            files.append(word)
            continue
        option, sign, value = word.partition("=")
        form = value if sign else next(rest, "")
        if option != "--format" or form not in forms or options:
            return None
        options["form"] = form
    return (files, options) if files else None


def _flushed(code: int) -> int:
    """The exit code once all output has left; what could not be written is an error too."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:  # the reader has seen enough
            continue
        except (OSError, ValueError) as error:
            if stream is sys.stdout and code != _NOT_DONE:
                print(f"cpcalc: cannot write the output: {error}", file=sys.stderr)  # noqa: T201 - the last word there is
            code = code or _NOT_DONE
    return code


if __name__ == "__main__":
    console()
