"""What very many files take: `python benchmarks/many_files.py COUNT [SECONDS]`

A batch of COUNT synthetic files into JSON Lines, and the same again from the cache: CPU time a file, memory of the
largest process, and by the same rates a million. After SECONDS the first run is interrupted, as by Ctrl-C, and the rates
are those of the files that were done by then: they are kept.
"""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from batch import environment
from synthetic import write

MILLION = 1_000_000


def main(arguments: Sequence[str]) -> None:
    """Make the files, run both, print the rates."""
    count = int(arguments[0])
    limit = float(arguments[1]) if len(arguments) > 1 else None
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        env = environment(root / "cache")
        write(root / "in", count)
        command = [sys.executable, "-m", "cpcalc", "batch", str(root / "in")]
        for name in ("computed", "from the cache"):
            before, started = os.times(), time.perf_counter()
            running = subprocess.Popen(
                [*command, "--output", str(root / "rows.jsonl")],
                env=env,
                stderr=subprocess.DEVNULL,
                process_group=0,
            )
            try:
                running.wait(limit)
            except subprocess.TimeoutExpired:
                os.killpg(running.pid, signal.SIGINT)
                running.wait()
            wall, after = time.perf_counter() - started, os.times()
            cpu = sum(after[2:4]) - sum(before[2:4])
            done = kept(root / "cache")
            peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            print(
                f"{name}: {done} of {count} files, {wall:.0f} s, CPU {cpu / done * 1e3:.2f} ms a file, {peak:.0f} MiB;"
                f" a million: {cpu / done * MILLION / 3600:.1f} hours of one processor",
                flush=True,
            )
            if running.returncode:
                return


def kept(cache: Path) -> int:
    """How many files a cache has the row of."""
    connection = sqlite3.connect(next(cache.glob("*.sqlite")))
    try:
        return int(connection.execute("SELECT count(*) FROM results").fetchone()[0])
    finally:
        connection.close()


if __name__ == "__main__":
    main(sys.argv[1:])
