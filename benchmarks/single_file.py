"""How fast one file is: `python benchmarks/single_file.py [RUNS]`, as ratios within one run.

Cold: the whole process of `cpcalc assess` on the cement works of `assessments/vpeg` (260 lines), in
a pipe and on a terminal, to that of `python -c pass` (goal: at most 22 times); of `cpcalc check` on
the nineteen files there and their programme too (goal: at most 35 times). Warm: one file in a
running process, as `batch` takes it and as `assess` does (with discounted figures and order-free
shares), to the time that PyYAML's C loader alone takes for it. Processes are measured by their
processor time, which other work on the machine hardly changes; the commands take turns, and medians
count.
"""

from __future__ import annotations

import gc
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import yaml

RUNS = 15
VPEG = Path(__file__).parents[1] / "assessments" / "vpeg"
CEMENT = VPEG / "hd-01-cement-works.yaml"
WARM_ROUNDS = 30


def seconds(work: Callable[[], object]) -> float:
    """How long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def processor_seconds(work: Callable[[], object]) -> float:
    """How much processor time the processes take that a piece of work runs."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def in_a_pipe(command: Sequence[str]) -> Callable[[], object]:
    """Run a command with its output in a pipe."""
    return lambda: subprocess.run(command, check=True, capture_output=True, env=environment())


def on_a_terminal(command: Sequence[str]) -> Callable[[], object]:
    """Run a command on a pseudo-terminal of 80 columns and read what it prints."""

    def work() -> None:
        import fcntl
        import pty
        import struct
        import termios

        child, terminal = pty.fork()
        if child == 0:
            os.execve(command[0], list(command), environment())
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
        try:
            while os.read(terminal, 65536):
                pass
        except OSError:  # the child has closed its side
            pass
        os.waitpid(child, 0)
        os.close(terminal)

    return work


def environment() -> dict[str, str]:
    """An environment in which compiled modules are kept, as after any normal installation."""
    return {
        **{key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"},
        "TERM": "xterm-256color",
    }


def cold(file: str, runs: int) -> None:
    """Whole processes, taking turns."""
    cpcalc = [sys.executable, "-m", "cpcalc"]
    commands = {
        "python -c pass": in_a_pipe([sys.executable, "-c", "pass"]),
        "cpcalc --version": in_a_pipe([*cpcalc, "--version"]),
        "cpcalc assess, in a pipe": in_a_pipe([*cpcalc, "assess", file]),
        "cpcalc assess, on a terminal": on_a_terminal([*cpcalc, "assess", file]),
        "cpcalc check, in a pipe": in_a_pipe([*cpcalc, "check", file]),
        "cpcalc check, nineteen files": in_a_pipe([*cpcalc, "check", str(VPEG)]),
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(runs + 1):
        for name, work in commands.items():
            taken = processor_seconds(work)
            if turn:  # the first turn warms up
                times[name].append(taken)
    least = statistics.median(times["python -c pass"])
    for name, taken_times in times.items():
        middle = statistics.median(taken_times)
        print(f"{name:32} {middle * 1000:8.1f} ms  {middle / least:6.1f} x python -c pass")


def warm(file: str) -> None:
    """One file in a running process, taking turns with the C loader of PyYAML."""
    from cpcalc.app.assess import Options, assess
    from cpcalc.app.batch import answer_file
    from cpcalc.report.json_result import dumps, result_data

    data = Path(file).read_bytes()

    def answered() -> None:
        answer_file(file, Options(totals_only=True))

    def assessed() -> None:
        assess(data, file, Options())

    def written() -> None:
        outcome = assess(data, file, Options())
        assert outcome.result is not None
        dumps(result_data(outcome.result, []))

    def loaded() -> None:
        yaml.load(data, Loader=yaml.CSafeLoader)

    gc.disable()
    works = {
        "CSafeLoader alone": loaded,
        "one file of a batch": answered,
        "assess": assessed,
        "assess and write JSON": written,
    }
    times: dict[str, list[float]] = {name: [] for name in works}
    for turn in range(WARM_ROUNDS + 3):
        for name, work in works.items():
            taken = seconds(work)
            if turn >= 3:
                times[name].append(taken)
        gc.collect()
    least = statistics.median(times["CSafeLoader alone"])
    for name, taken_times in times.items():
        middle = statistics.median(taken_times)
        print(f"{name:32} {middle * 1000:8.2f} ms  {middle / least:6.2f} x CSafeLoader")


def main(arguments: list[str]) -> None:
    """Measure and print."""
    runs = int(arguments[0]) if arguments else RUNS
    text = CEMENT.read_text(encoding="utf-8")
    print(f"one assessment: {text.count(chr(10))} lines, {len(text.encode()) / 1000:.1f} kB")
    cold(str(CEMENT), runs)
    warm(str(CEMENT))


if __name__ == "__main__":
    main(sys.argv[1:])
