"""What a batch costs, as ratios in one run: `python benchmarks/batch.py [--quick] [--peers BIN]`

Whole processes, start and output included, medians of interleaved runs. Peers that pip can install
(`check-jsonschema`, `bean-check`) are looked for in the folder BIN, else on the PATH, and left out
where they are not. Each peer has all 1,000 files or as much text, and one process; ours is measured
with default jobs (wall time) and with one (CPU time, which other work on the machine hardly
changes).

A command that fails ends the run, and so does a figure of the naive pipeline that is not ours
(`same_figures.py`).
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
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).resolve().parent))

import naive
import same_figures
import yaml
from synthetic import write

HERE = Path(__file__).resolve().parent
FEW, SOME, MANY = 100, 1_000, 10_000
RUNS = 3
DETAILED = 3  # files of which every figure is compared, not only those of rows
STAGED, TIMES = 8, 7  # files whose stages are timed, and how often

# Peak memory is that of the largest single process, workers included.
_PEAK = """
import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
unit = 1024 if sys.platform == "darwin" else 1
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / unit)
"""


def environment(cache: Path) -> dict[str, str]:
    """The shell's environment, with bytecode kept as after an installation, and an own cache."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if key not in ("PYTHONDONTWRITEBYTECODE", "CPCALC_LANG")
    }
    return {**kept, "CPCALC_CACHE_DIR": str(cache)}


class Spent(NamedTuple):
    """What a process and those it started took, in seconds."""

    wall: float
    cpu: float


def spent(command: Sequence[str], env: Mapping[str, str], output: Path | None = None) -> Spent:
    """The time of one command, which must succeed; what it prints goes to ``output``."""
    with (output or Path(os.devnull)).open("wb") as target:
        before, start = os.times(), time.perf_counter()
        subprocess.run(command, stdout=target, stderr=subprocess.DEVNULL, env=env, check=True)
        wall, after = time.perf_counter() - start, os.times()
    return Spent(wall, sum(after[2:4]) - sum(before[2:4]))  # of children


def medians(
    commands: Mapping[str, Sequence[str]],
    env: Mapping[str, str],
    runs: int,
    outputs: Path | None = None,
) -> dict[str, Spent]:
    """Median times of commands, run in turn; each prints to a file of its name in ``outputs``."""
    times: dict[str, list[Spent]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            times[name].append(spent(command, env, None if outputs is None else outputs / name))
    return {
        name: Spent(*map(statistics.median, zip(*values, strict=True)))
        for name, values in times.items()
    }


def peak_mib(command: Sequence[str], env: Mapping[str, str]) -> float:
    """Peak memory of the largest process of a command."""
    done = subprocess.run(
        [sys.executable, "-c", _PEAK, *command], capture_output=True, text=True, env=env, check=True
    )
    return float(done.stdout) / 1024


def ledger(files: Sequence[Path], target: Path) -> Path:
    """A ledger with as much text as the files, for bean-check."""
    size = sum(path.stat().st_size for path in files)
    entry = (
        '2011-01-{day:02d} * "Plant" "Electricity"\n'
        "  Expenses:Energy  {n}.00 VND\n  Assets:Bank\n\n"
    )
    lines = ["2010-01-01 open Expenses:Energy\n2010-01-01 open Assets:Bank\n"]
    written = len(lines[0])
    while written < size:
        lines.append(entry.format(day=len(lines) % 28 + 1, n=1000 + len(lines)))
        written += len(lines[-1])
    target.write_text("".join(lines), encoding="utf-8")
    return target


def peer(name: str, folder: str | None) -> str | None:
    """A peer's command, where it is installed."""
    return shutil.which(name, path=folder) if folder else shutil.which(name)


def report(name: str, ratio: float, goal: str) -> None:
    """One line of the result."""
    print(f"{name:68s} {ratio:8.2f}   goal {goal}", flush=True)


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
        spent([*fresh, str(folders[FEW])], env)  # compile bytecode
        against_peers(
            files[SOME],
            folders[SOME],
            [*batch, "--no-cache", "--format", "json"],
            root,
            env,
            runs,
            bin_folder,
        )
        stages(files[SOME][:STAGED])
        pool(fresh, folders[MANY], env, runs)
        unchanged([*batch, str(folders[MANY])], env, runs)
        few, many = (peak_mib([*fresh, str(folders[count])], env) for count in (FEW, MANY))
        report(
            f"peak memory, {MANY} files ({many:.0f} MiB) to {FEW} ({few:.0f} MiB)",
            many / few,
            "<= 1.5",
        )


def against_peers(
    files: Sequence[Path],
    folder: Path,
    ours: Sequence[str],
    root: Path,
    env: Mapping[str, str],
    runs: int,
    bin_folder: str | None,
) -> None:
    """1,000 files: ours, the naive pipeline, and the peers that are there."""
    commands: dict[str, Sequence[str]] = {
        "ours": [*ours, str(folder)],
        "ours-alone": [*ours, "--jobs", "1", str(folder)],
        "naive": [sys.executable, str(HERE / "naive.py"), str(folder)],
    }
    validator = peer("check-jsonschema", bin_folder)
    if validator is not None:
        commands["check-jsonschema"] = [
            validator,
            "--schemafile",
            str(schema(root)),
            *map(str, files),
        ]
    beans = peer("bean-check", bin_folder)
    if beans is not None:
        commands["bean-check"] = [beans, "--no-cache", str(ledger(files, root / "equal.beancount"))]
    outputs = root / "outputs"
    outputs.mkdir()
    found = medians(commands, env, runs, outputs)
    hold_to_same_figures(outputs / "ours", outputs / "naive", files[:DETAILED], env)
    goals = {
        "naive": ("naive pipeline to batch, 1,000 files", ">= 12"),
        "check-jsonschema": ("check-jsonschema to batch, 1,000 files", ">= 10"),
        "bean-check": ("bean-check to batch, equal text", "above 1"),
    }
    for name, (said, goal) in goals.items():
        if name not in commands:
            continue
        its, with_default, alone = found[name], found["ours"], found["ours-alone"]
        report(
            f"{said} ({its.wall:.1f} s to {with_default.wall:.2f} s)",
            its.wall / with_default.wall,
            goal,
        )
        report(
            f"{'':4}one process each, CPU ({its.cpu:.1f} s to {alone.cpu:.2f} s)",
            its.cpu / alone.cpu,
            "none",
        )


def hold_to_same_figures(
    ours: Path, other: Path, files: Sequence[Path], env: Mapping[str, str]
) -> None:
    """End here, with the first differences, where batch and the naive pipeline differ."""
    found = list(same_figures.of_batch(ours, other))
    for file in files:
        command = [sys.executable, "-m", "cpcalc", "assess", "--format", "json", str(file)]
        assessed = json.loads(
            subprocess.run(command, capture_output=True, env=env, check=True).stdout
        )
        found += same_figures.of_assess(assessed, file)
    if found:
        raise SystemExit("\n".join(["batch and the naive pipeline differ:", *found[:10]]))


def stages(files: Sequence[Path]) -> None:
    """Where the naive pipeline's time goes: the least CPU time of a file, and the mean of some."""
    total = dict.fromkeys(("load", "validate", "calculate", "print"), 0.0)
    for file in files:
        text = file.read_text(encoding="utf-8")
        data = yaml.safe_load(text)
        assessment = naive.Assessment.model_validate(data)
        result = naive.assess(assessment, file.name)
        total["load"] += least(lambda text=text: yaml.safe_load(text))
        total["validate"] += least(lambda data=data: naive.Assessment.model_validate(data))
        total["calculate"] += least(lambda assessment=assessment: naive.assess(assessment, ""))
        total["print"] += least(lambda result=result: json.dumps(naive.row_of(result)))
    parts = ", ".join(f"{name} {spent / len(files) * 1e3:.1f}" for name, spent in total.items())
    print(f"{'':4}naive pipeline, CPU ms a file: {parts}", flush=True)


def least(work: Callable[[], object]) -> float:
    """The least CPU time of several runs, in seconds."""
    times = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def schema(root: Path) -> Path:
    """The JSON Schema of an assessment, as a file for the validator."""
    from cpcalc.schema.assessment import Assessment

    target = root / "assessment.schema.json"
    target.write_text(json.dumps(Assessment.model_json_schema()), encoding="utf-8")
    return target


def pool(fresh: Sequence[str], folder: Path, env: Mapping[str, str], runs: int) -> None:
    """10,000 files: one process to as many as there are processors."""
    commands = {"one": [*fresh, "--jobs", "1", str(folder)], "default": [*fresh, str(folder)]}
    found = medians(commands, env, min(runs, 2))
    report(
        "pool: one process to default jobs, 10,000 files",
        found["one"].wall / found["default"].wall,
        ">= 1.7 on two cores",
    )
    print(f"{'':4}{MANY / found['default'].wall:.0f} files/s", flush=True)


def unchanged(batch: Sequence[str], env: Mapping[str, str], runs: int) -> None:
    """10,000 files from the cache: to starting Python."""
    spent(batch, env)  # fills the cache
    commands = {
        "pass": [sys.executable, "-c", "pass"],
        "page": batch,
        "csv": [*batch, "--format", "csv"],
    }
    found = medians(commands, env, 3 * runs)
    report(
        "10,000 unchanged files (page) to python -c pass",
        found["page"].wall / found["pass"].wall,
        "<= 60",
    )
    report(
        "10,000 unchanged files (csv) to python -c pass",
        found["csv"].wall / found["pass"].wall,
        "<= 60",
    )


if __name__ == "__main__":
    main(sys.argv[1:])
