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
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - as long as the process
        elif os.name == "nt":
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


_NOT_DONE = 2


def run(arguments: list[str]) -> int:
    """Exit code of the command line: 0 fine, 1 files with errors, 2 job not done, 3 a fault of ours."""
    if arguments == ["--version"]:
        from cpcalc import __version__

        print(f"cpcalc {__version__}")  # noqa: T201 - the one line that needs no command
        return _flushed(0)
    from cpcalc.cli.guard import guarded

    return _flushed(guarded(lambda: _run(arguments), debug="--debug" in arguments))


def _run(arguments: list[str]) -> int:
    from cpcalc.cli.plain import plain

    read = plain(arguments)
    if read is None:
        from cpcalc.cli.application import run_command

        return run_command(arguments)
    from importlib import import_module

    command, files, settings = read
    return int(getattr(import_module(command.module), command.function)(files, **settings))


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
