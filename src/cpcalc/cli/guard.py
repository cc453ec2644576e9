"""How a run ends when something goes wrong that is nobody's input: interrupted, or a fault of ours."""

from __future__ import annotations

from collections.abc import Callable

from cpcalc.cli.exits import FAULT, INTERRUPTED, NOT_DONE, OK
from cpcalc.cli.output import OutputLostError, complain


def guarded(work: Callable[[], int], *, debug: bool) -> int:
    """The exit code of ``work``; a fault of ours is reported as one, with the traceback under ``debug``."""
    try:
        return work()
    except KeyboardInterrupt:
        complain(["interrupted"])
        return INTERRUPTED
    except OutputLostError as error:
        complain([f"cpcalc: cannot write the output: {error}"])
        return NOT_DONE
    except BrokenPipeError:  # the reader has seen enough
        return OK
    except Exception as error:
        if debug:
            import traceback

            traceback.print_exception(error)
        complain(
            [
                f"cpcalc: internal fault: {type(error).__name__}: {error}",
                "This is a fault of cpcalc, not of your file. Run again with --debug and report what it prints.",
            ]
        )
        return FAULT
