"""Whether two versions of cpcalc say the same of the same files, value by value and diagnostic by diagnostic.

    python benchmarks/sameness.py record FOLDER [--quick]    write down what this version says
    python benchmarks/sameness.py compare FOLDER OTHER       what differs between two records

Recorded are the whole JSON of `assess --economics`, `check`, `batch` and `programme` and the traces of `why`, of all
shipped files, the casebook and two thousand generated files: synthetic ones, and shipped ones changed at random.
"""

from __future__ import annotations

import io
import json
import math
import os
import random
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import synthetic

ROOT = Path(__file__).resolve().parent.parent
GENERATED = 1000  # of each kind
QUICK = 100
TOLERANCE, SHARES = 1e-12, 1e-9
# Their last digits depend on the order in which some thousand parts are added.
SHARE_NAMES = ("order_free_saving", "order-free")
TRACED = (
    "totals.annual_saving", "totals.simple_payback", "totals.investment", "totals.reductions.co2",
    "totals.economics.npv",
)  # fmt: skip


def workspace(folder: Path, count: int) -> None:
    """Lay out the files that are looked at, the same bytes for each version."""
    shutil.copytree(ROOT / "assessments", folder / "assessments")
    shutil.copytree(
        ROOT / "tests" / "casebook",
        folder / "casebook",
        ignore=shutil.ignore_patterns("*.py", "__*"),
    )
    (folder / "synthetic").mkdir()
    for number in range(count):
        (folder / "synthetic" / f"{number:05d}.yaml").write_text(
            synthetic.assessment(number), encoding="utf-8"
        )
    (folder / "changed").mkdir()
    originals = [
        path
        for path in sorted(folder.rglob("*.yaml"))
        if path.parent.name in ("vpeg", "published", "good")
    ]
    originals = [path for path in originals if path.name != "programme.yaml"]
    for number in range(count):
        draw = random.Random(number)
        text = changed(draw.choice(originals).read_text(encoding="utf-8"), draw)
        (folder / "changed" / f"{number:05d}.yaml").write_text(text, encoding="utf-8")


def changed(text: str, draw: random.Random) -> str:
    """A text with one to three small changes: a number, a line left out, a name or a unit misspelt."""
    for _ in range(draw.choice((1, 1, 2, 3))):
        lines = text.splitlines(keepends=True)
        kind = draw.random()
        if kind < 0.55:
            numbers = list(re.finditer(r"(?<![\w.@-])\d+(?:\.\d+)?(?= ?[a-zA-Z%])", text))
            if numbers:
                found = draw.choice(numbers)
                new = f"{float(found[0]) * draw.choice((0.1, 0.5, 0.9, 1.1, 2, 10)):.6g}"
                if "e" not in new:
                    text = text[: found.start()] + new + text[found.end() :]
        elif kind < 0.8:
            position = draw.randrange(4, len(lines))
            text = "".join(lines[:position] + lines[position + 1 :])
        else:
            words = list(re.finditer(r"[a-z][a-z-]{3,}", text))
            found = draw.choice(words)
            place = draw.randrange(found.start(), found.end())
            text = text[:place] + text[place + 1 :]
    return text


def command_lines(folder: Path) -> Iterator[list[str]]:
    """All that is recorded, as command lines."""
    files = [str(path.relative_to(folder)) for path in sorted(folder.rglob("*.yaml"))]
    for file in files:
        yield ["check", file, "--format", "json"]
        if "casebook/bad" not in file and not file.endswith("programme.yaml"):
            yield ["assess", file, "--economics", "--format", "json"]
    for file in files:
        if file.startswith("assessments") and not file.endswith("programme.yaml"):
            for figure in TRACED:
                yield ["why", file, figure]
    yield [
        "assess",
        *[file for file in files if "vpeg/" in file and "programme" not in file],
        "--format",
        "json",
    ]
    yield ["programme", "assessments/vpeg/programme.yaml", "--format", "json"]
    yield ["programme", "assessments/vpeg/programme.yaml", "--format", "csv"]
    for group in ("assessments", "casebook/good", "synthetic", "changed"):
        for form in ("json", "csv"):
            yield ["batch", group, "--format", form, "--no-cache", "--jobs", "1"]


def record(target: Path, count: int) -> None:
    """Run all command lines and write each one's exit code, output and problems."""
    from cpcalc.__main__ import run

    with tempfile.TemporaryDirectory() as place, target.open("w", encoding="utf-8") as out:
        folder = Path(place)
        workspace(folder, count)
        os.chdir(folder)
        for arguments in command_lines(folder):
            stdout, stderr = io.StringIO(), io.StringIO()
            with redirect_stdout(stdout), redirect_stderr(stderr):
                code = run(arguments)
            said = {
                "line": " ".join(arguments),
                "code": code,
                "out": stdout.getvalue(),
                "err": stderr.getvalue(),
            }
            out.write(json.dumps(said, ensure_ascii=False) + "\n")
        os.chdir(ROOT)


def compare(one: Path, other: Path) -> int:
    """Print what differs, at most some places a command line; how many command lines differ."""
    differing = 0
    records = [
        {item["line"]: item for item in map(json.loads, path.open(encoding="utf-8"))}
        for path in (one, other)
    ]
    for line, was in records[0].items():
        now = records[1].get(line)
        if now is None:
            print(f"{line}: not in {other}")
            differing += 1
            continue
        found = (
            [] if was["code"] == now["code"] else [f"exit code {was['code']}, now {now['code']}"]
        )
        found += _differences(_read(was["out"]), _read(now["out"]), "out")
        if was["err"] != now["err"]:
            found.append(f"stderr\n    was {was['err'][:300]!r}\n    now {now['err'][:300]!r}")
        if found:
            differing += 1
            print(line)
            for item in found[:5]:
                print("  ", item)
    print(f"{len(records[0])} command lines, {differing} differ")
    return differing


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return [line.split(",") for line in text.splitlines()]


def _differences(was: Any, now: Any, place: str) -> list[str]:
    if isinstance(was, dict) and isinstance(now, dict):
        found = [
            f"{place}.{key}: only {'before' if key in was else 'now'}"
            for key in sorted(was.keys() ^ now.keys())
        ]
        for key in was.keys() & now.keys():
            found += _differences(was[key], now[key], f"{place}.{key}")
        if list(was) != list(now) and not found:
            found.append(f"{place}: keys in another order")
        return found
    if isinstance(was, list) and isinstance(now, list):
        if len(was) != len(now):
            return [f"{place}: {len(was)} items, now {len(now)}"]
        return [
            item
            for key, pair in enumerate(zip(was, now, strict=True))
            for item in _differences(*pair, f"{place}.{key}")
        ]
    numbers = [_number(value) for value in (was, now)]
    if None not in numbers:
        tolerance = SHARES if any(name in place for name in SHARE_NAMES) else TOLERANCE
        # A sum that comes to nothing has only the residue of amounts that cancel.
        residue = 1e-4 if ".identities." in place else 1e-9 if was != 0 and now != 0 else 0
        if math.isclose(*numbers, rel_tol=tolerance, abs_tol=residue):  # type: ignore[misc]
            return []
    return [] if was == now else [f"{place}: was {was!r}, now {now!r}"]


def _number(value: Any) -> float | None:
    try:
        return float(value) if not isinstance(value, bool) else None
    except (TypeError, ValueError):
        return None


if __name__ == "__main__":
    action, *rest = sys.argv[1:]
    if action == "record":
        record(Path(rest[0]).resolve(), QUICK if "--quick" in rest else GENERATED)
    else:
        raise SystemExit(1 if compare(Path(rest[0]), Path(rest[1])) else 0)
