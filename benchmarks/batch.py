"""What a batch costs, as ratios in one run: `python benchmarks/batch.py [--quick] [--peers BIN]`

Whole processes, default jobs, medians of interleaved runs. Peers that pip can install (`check-jsonschema`,
`bean-check`) are looked for in the folder BIN, else on the PATH, and left out where they are not.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from synthetic import write

HERE = Path(__file__).resolve().parent
FEW, SOME, MANY = 100, 1_000, 10_000
RUNS = 3
NAIVE_FILES = 100  # its time is the files' times a constant: the rest is calculated

# Peak memory is that of the largest single process, workers included.
_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
unit = 1024 if sys.platform == "darwin" else 1
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit)
"""


def environment(cache: Path) -> dict[str, str]:
    """The shell's environment, with bytecode kept as after an installation, and a cache of the benchmark's own."""
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "CPCALC_LANG")}
    return {**kept, "CPCALC_CACHE_DIR": str(cache)}


def seconds(command: Sequence[str], env: Mapping[str, str]) -> float:
    """The wall time of one process."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env, check=False)
    return time.perf_counter() - start


def medians(commands: Mapping[str, Sequence[str]], env: Mapping[str, str], runs: int) -> dict[str, float]:
    """Median wall times of commands, run in turn."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(seconds(command, env))
    return {name: statistics.median(values) for name, values in times.items()}


def peak_mib(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Peak memory of the largest process of a command."""
    done = subprocess.run([sys.executable, "-c", _PEAK, *command], capture_output=True, text=True, env=env, check=True)
    return float(done.stdout) / 1024


def ledger(files: Sequence[Path], target: Path) -> Path:
    """A ledger with as much text as the files, for bean-check."""
    size = sum(path.stat().st_size for path in files)
    entry = '2011-01-{day:02d} * "Plant" "Electricity"\n  Expenses:Energy  {n}.00 VND\n  Assets:Bank\n\n'
    lines = ["2010-01-01 open Expenses:Energy\n2010-01-01 open Assets:Bank\n"]
    while len(lines) * len(entry) < size:
        lines.append(entry.format(day=len(lines) % 28 + 1, n=1000 + len(lines)))
    target.write_text("".join(lines), encoding="utf-8")
    return target


def peer(name: str, folder: str | None) -> str | None:
    """A peer's command, where it is installed."""
    return shutil.which(name, path=folder) if folder else shutil.which(name)


def report(name: str, ratio: float, goal: str) -> None:
    """One line of the result."""
    print(f"{name:58s} {ratio:8.2f}   goal {goal}", flush=True)


def main(arguments: Sequence[str]) -> None:
    """Make the files, run everything, print the ratios."""
    bin_folder = arguments[arguments.index("--peers") + 1] if "--peers" in arguments else None
    runs = 1 if "--quick" in arguments else RUNS
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        env = environment(root / "cache")
        folders = {count: root / str(count) for count in (FEW, SOME, MANY)}
        files = {count: write(folder, count) for count, folder in folders.items()}
        batch = [sys.executable, "-m", "cpcalc", "batch"]
        fresh = [*batch, "--no-cache", "--format", "csv"]
        seconds([*fresh, str(folders[FEW])], env)  # compile bytecode
        against_peers(files, folders, [*fresh, str(folders[SOME])], root, env, runs, bin_folder)
        pool(fresh, folders[MANY], env, runs)
        unchanged([*batch, str(folders[MANY])], env, runs)
        few, many = (peak_mib([*fresh, str(folders[count])], env) for count in (FEW, MANY))
        report(f"peak memory, {MANY} files ({many:.0f} MiB) to {FEW} ({few:.0f} MiB)", many / few, "<= 1.3")


def against_peers(
    files: Mapping[int, Sequence[Path]],
    folders: Mapping[int, Path],
    ours: Sequence[str],
    root: Path,
    env: Mapping[str, str],
    runs: int,
    bin_folder: str | None,
) -> None:
    """1,000 files: ours, the naive pipeline, and the peers that are there."""
    naive = [sys.executable, str(HERE / "naive.py"), str(folders[FEW])]
    commands: dict[str, Sequence[str]] = {"ours": ours, "naive": naive}
    validator = peer("check-jsonschema", bin_folder)
    if validator is not None:
        commands["check-jsonschema"] = [
            validator, "--schemafile", str(schema(root)), *map(str, files[SOME])
        ]  # fmt: skip
    beans = peer("bean-check", bin_folder)
    if beans is not None:
        commands["bean-check"] = [beans, "--no-cache", str(ledger(files[SOME], root / "equal.beancount"))]
    found = medians(commands, env, runs)
    report("naive pipeline to batch, 1,000 files", found["naive"] * SOME / NAIVE_FILES / found["ours"], ">= 40")
    if "check-jsonschema" in found:
        report("check-jsonschema to batch, 1,000 files", found["check-jsonschema"] / found["ours"], ">= 25")
    if "bean-check" in found:
        report("bean-check to batch, equal text", found["bean-check"] / found["ours"], "above 1")


def schema(root: Path) -> Path:
    """The JSON Schema of an assessment, as a file for the validator."""
    from cpcalc.schema.assessment import Assessment
    from cpcalc.schema.json_schema import json_schema_of

    target = root / "assessment.schema.json"
    target.write_text(json.dumps(json_schema_of(Assessment)), encoding="utf-8")
    return target


def pool(fresh: Sequence[str], folder: Path, env: Mapping[str, str], runs: int) -> None:
    """10,000 files: one process to as many as there are processors."""
    commands = {"one": [*fresh, "--jobs", "1", str(folder)], "default": [*fresh, str(folder)]}
    found = medians(commands, env, min(runs, 2))
    report("pool: one process to default jobs, 10,000 files", found["one"] / found["default"], ">= 1.8 on two cores")
    print(f"{'':4}{MANY / found['default']:.0f} files/s", flush=True)


def unchanged(batch: Sequence[str], env: Mapping[str, str], runs: int) -> None:
    """10,000 files from the cache: to starting Python."""
    seconds(batch, env)  # fills the cache
    commands = {"pass": [sys.executable, "-c", "pass"], "page": batch, "csv": [*batch, "--format", "csv"]}
    found = medians(commands, env, 3 * runs)
    report("10,000 unchanged files (page) to python -c pass", found["page"] / found["pass"], "<= 30")
    report("10,000 unchanged files (csv) to python -c pass", found["csv"] / found["pass"], "<= 30")


if __name__ == "__main__":
    main(sys.argv[1:])
