"""The console command: it runs one command line and says honestly how that ended."""

from __future__ import annotations

import gc
import io
import os
import sys

from cpcalc.cli import INTERRUPTED, NOT_DONE


def console() -> None:
    """Run the command line of this process and leave with its exit code."""
    _open_streams()
    # Loading makes half a million objects that all stay: not looking among them for garbage saves
    # a tenth of the time of one file, and not looking for plug-ins of pydantic a twentieth.
    gc.disable()
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    code = run(sys.argv[1:])
    # All output is flushed or reported as lost: Python's own second attempt would complain again.
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line; its exit code, as listed in `cpcalc.cli`."""
    try:
        from cpcalc.cli.main import execute  # here, so that Ctrl-C while loading is caught too

        if not gc.isenabled():
            gc.freeze()
            gc.enable()
        code = execute(arguments)
    except KeyboardInterrupt:
        _say("interrupted")
        code = INTERRUPTED
    return _flushed(code)


def _open_streams() -> None:
    """Give closed streams somewhere to go, and let Windows consoles and pipes have Vietnamese."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif os.name == "nt" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")


def _flushed(code: int) -> int:
    """The exit code once all output has left; what could not be written is an error too."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:  # the reader has seen enough
            continue
        except (OSError, ValueError) as error:
            if stream is sys.stdout and code != NOT_DONE:
                _say(f"cpcalc: cannot write the output: {error}")
            code = code or NOT_DONE
    return code


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201 - the last word there is


if __name__ == "__main__":
    console()
