"""The console command: light until a command runs, and honest about how it ended."""

from __future__ import annotations

import sys


def console() -> None:
    """Run the command line and leave at once: tearing the interpreter down would take longer than the work."""
    import gc
    import os

    gc.disable()  # one short run: collecting garbage while loading costs more than it frees
    code = run(sys.argv[1:])
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Exit code of the command line: 0 fine, 1 files with errors, 2 job not done, 3 a fault of ours."""
    if arguments == ["--version"]:
        from cpcalc import __version__

        print(f"cpcalc {__version__}")  # noqa: T201 - the one line that needs no command
        code = 0
    else:
        from cpcalc.cli import run_command

        code = run_command(arguments)
    return _flushed(code)


def _flushed(code: int) -> int:
    """The exit code once all output has left; what could not be written is an error too."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:  # the reader has seen enough
            continue
        except (OSError, ValueError):
            code = code or 2
    return code


if __name__ == "__main__":
    console()
