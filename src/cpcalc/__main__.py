"""The console command: it runs one command line and says honestly how that ended."""

import gc
import io
import os
import sys
from contextlib import suppress

from cpcalc.cli import INTERRUPTED, NOT_DONE


def console() -> None:
    """Run the command line of this process and leave with its exit code."""
    _open_streams()
    if getattr(sys, "frozen", False):  # a program in one file starts itself for each process
        from multiprocessing import freeze_support

        freeze_support()
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
    except (KeyboardInterrupt, RuntimeError) as error:
        # What interrupts a class in the making comes as the cause of another error.
        if isinstance(error, RuntimeError) and not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        _say("interrupted")
        code = INTERRUPTED
    if code == INTERRUPTED:
        gc.collect()  # of processes that were ended nothing is left that the system would warn of
    return _flushed(code)


def _open_streams() -> None:
    """Give closed streams somewhere to go, let Windows consoles and pipes have Vietnamese, and show
    what another console cannot as escapes.

    Not only here: processes that are started have the same descriptors, and a file must not get one
    of them.
    """
    for descriptor, name in enumerate(("stdin", "stdout", "stderr")):
        stream = getattr(sys, name)
        if stream is None:
            os.dup2(os.open(os.devnull, os.O_RDWR), descriptor)
            os.set_inheritable(descriptor, True)
            stream = open(descriptor, "w" if descriptor else "r", encoding="utf-8")  # noqa: SIM115
            setattr(sys, name, stream)
        elif isinstance(stream, io.TextIOWrapper):
            encoding, newline = ("utf-8", "\n") if os.name == "nt" else (None, None)
            stream.reconfigure(encoding=encoding, errors="backslashreplace", newline=newline)


def _flushed(code: int) -> int:
    """The exit code once all output has left; what could not be written is an error too."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        pass
    except (OSError, ValueError) as error:
        if code != NOT_DONE:
            _say(f"cpcalc: cannot write the output: {error}")
        code = code or NOT_DONE
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    return code


def _say(line: str) -> None:
    with suppress(OSError):
        print(line, file=sys.stderr)  # noqa: T201 - the last word there is


if __name__ == "__main__":
    console()
