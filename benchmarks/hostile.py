"""Run `check` over a folder of hostile documents: no traceback, no hang, no bad document accepted, bounded memory.

    python benchmarks/hostile.py FOLDER [--mutants N]

The folder holds `yaml_test_suite.jsonl`, `json_test_suite.jsonl.gz`, `green_software_if_manifests.jsonl.gz`,
`blns.json` and `csv_injection.json`, each as far as present. Every document is checked as it stands; every naughty
string is put into each free text and each quantity of an assessment; and assessments with bytes exchanged, cut or
repeated at random (a fixed seed) are checked too. A child process does the work under a limit of memory and of time
for each document, so that even a crash of the YAML library is seen and counted.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

SECONDS_A_DOCUMENT = 5
MOST_MEMORY_BYTES = 1024 * 1024 * 1024

FRAME = """cpcalc: 1
enterprise: {id: A-1, name: @name@}
data-status: draft
source: {title: @title@, url: @url@}
streams:
  electricity: {kind: energy, quantity: @quantity@, price: 1 200 VND/kWh, notes: @note@}
measures:
  - {id: m1, title: @measure@, investment: @money@, effects: {stream: electricity, reduce: 5 %}}
"""
PLAIN = {
    "name": "Mill", "title": "Report", "url": "x", "quantity": "41 GWh/year", "note": "n", "measure": "Lamps",
    "money": "10 million VND",
}  # fmt: skip
QUANTITIES = ("quantity", "money")


class Case(NamedTuple):
    """One document, and what must come of it: refused, or anything as long as it ends well."""

    name: str
    data: bytes
    must: str = ""  # "refuse", "refuse-yaml" (by the reader), or empty


def cases(folder: Path, mutants: int) -> Iterator[Case]:
    """All documents of the folder and those made from its strings."""
    for line in _lines(folder / "yaml_test_suite.jsonl"):
        yield Case(
            f"yaml/{line['id']}", line["yaml"].encode(), "refuse-yaml" if line["must_fail"] else ""
        )
    for line in _lines(folder / "json_test_suite.jsonl.gz"):
        yield Case(f"json/{line['name']}", base64.b64decode(line["b64"]), "refuse")
    for line in _lines(folder / "green_software_if_manifests.jsonl.gz"):
        yield Case(f"other-tool/{line['path']}", line["yaml"].encode(), "refuse")
    strings = _strings(folder)
    for number, text in enumerate(strings):
        for field in PLAIN:
            must = (
                "refuse"
                if field in QUANTITIES and not text.strip().lstrip("+-")[:1].isdigit()
                else ""
            )
            yield Case(f"string-{number}/{field}", _filled(field, text), must)
    yield from _mutants(mutants)


def _lines(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    for line in data.decode("utf-8").splitlines():
        yield json.loads(line)


def _strings(folder: Path) -> list[str]:
    found: list[str] = []

    def collect(node: object) -> None:
        if isinstance(node, str):
            found.append(node)
        elif isinstance(node, dict):
            for value in node.values():
                collect(value)
        elif isinstance(node, list):
            for value in node:
                collect(value)

    for name in ("blns.json", "csv_injection.json"):
        if (folder / name).exists():
            collect(json.loads((folder / name).read_text(encoding="utf-8")))
    return list(dict.fromkeys(found))


def _filled(field: str, text: str) -> bytes:
    document = FRAME
    for name, plain in PLAIN.items():
        document = document.replace(
            f"@{name}@", json.dumps(text if name == field else plain, ensure_ascii=False)
        )
    return document.encode("utf-8", "surrogatepass")


def _mutants(count: int) -> Iterator[Case]:
    source = _filled("name", "Nhà máy xi măng")
    dice = random.Random(20130613)
    for number in range(count):
        data = bytearray(source)
        for _ in range(dice.randint(1, 6)):
            place = dice.randrange(len(data))
            match dice.randrange(4):
                case 0:
                    data[place] = dice.randrange(256)
                case 1:
                    del data[place : place + dice.randint(1, 30)]
                case 2:
                    data[place:place] = data[place : place + dice.randint(1, 30)] * dice.randint(
                        1, 3
                    )
                case _:
                    data[place:place] = dice.choice(
                        [b"\t", b"\x00", b"&a ", b"*a", b"!!python/object:os.system ", b": "]
                    )
            data = data or bytearray(b"x")
        yield Case(f"mutant-{number}", bytes(data))


# ---- the child ------------------------------------------------------------------------------------------------------


def child() -> int:
    """Read documents as JSON lines, answer each with a JSON line."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY_BYTES, MOST_MEMORY_BYTES))
    except ImportError:  # not on Windows
        pass
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hostile.yaml"
        for line in sys.stdin:
            path.write_bytes(base64.b64decode(line))
            started = time.perf_counter()
            try:
                answer = _checked(path)
            except Exception as error:
                answer = {"fault": f"{type(error).__name__}: {error}"[:300]}
            answer["seconds"] = time.perf_counter() - started
            print(json.dumps(answer), flush=True)
    return 0


def _checked(path: Path) -> dict[str, object]:
    """What a check finds, said in every form and language; the forms for machines must be readable."""
    from cpcalc.app.check import check_file
    from cpcalc.report.check_page import FileReport, check_data, junit_report, sarif_log
    from cpcalc.report.problems import rendered
    from cpcalc.source.reader import read

    checked = check_file(str(path))
    report = FileReport(checked.name, checked.kind, checked.diagnostics, checked.texts, checked.ids)
    for language in ("en", "vi"):
        for form in ("full", "concise", "github"):
            "\n".join(rendered(checked.diagnostics, checked.texts, form, language)).encode()
        log = sarif_log(
            [(diagnostic, checked.ids) for diagnostic in checked.diagnostics], "0", language
        )
        json.dumps([log, check_data([report])], ensure_ascii=False).encode()
        ElementTree.fromstring(junit_report([report], language, strict=True).encode())
    return {
        "reader": bool(read(path.read_bytes(), str(path)).diagnostics),
        "errors": any(diagnostic.severity == "error" for diagnostic in checked.diagnostics),
        "placed": all(diagnostic.span is not None for diagnostic in checked.diagnostics),
    }


# ---- the parent -----------------------------------------------------------------------------------------------------


class Worker:
    """The child process, started again after it was killed or has crashed."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None

    def ask(self, data: bytes) -> dict[str, object]:
        import threading

        if self.process is None or self.process.poll() is not None:
            self.process = subprocess.Popen(
                [sys.executable, __file__, "--child"],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(base64.b64encode(data).decode() + "\n")
        self.process.stdin.flush()
        watch = threading.Timer(SECONDS_A_DOCUMENT, self.process.kill)
        watch.start()
        line = self.process.stdout.readline()
        watch.cancel()
        if line:
            found: dict[str, object] = json.loads(line)
            return found
        return {
            "fault": f"no answer within {SECONDS_A_DOCUMENT} s, or a crash (exit {self.process.wait()})"
        }


def main(arguments: list[str]) -> int:
    """0 when every document ended as it must."""
    if arguments[:1] == ["--child"]:
        return child()
    folder = Path(arguments[0])
    mutants = int(arguments[arguments.index("--mutants") + 1]) if "--mutants" in arguments else 3000
    if not folder.is_dir():
        print(f"no such folder: {folder}", file=sys.stderr)
        return 2
    worker = Worker()
    counts: Counter[str] = Counter()
    wrong: list[str] = []
    slowest = (0.0, "")
    for case in cases(folder, mutants):
        answer = worker.ask(case.data)
        counts[case.name.partition("/")[0].rstrip("-0123456789")] += 1
        slowest = max(slowest, (float(str(answer.get("seconds", 0.0))), case.name))
        problem = _problem(case, answer)
        if problem:
            wrong.append(f"{case.name}: {problem}")
    for kind, count in counts.items():
        print(f"{kind}: {count} documents")
    print(f"slowest: {slowest[0]:.3f} s ({slowest[1]})")
    for line in wrong:
        print(line)
    print("all ended as they must" if not wrong else f"{len(wrong)} did not end as they must")
    return 1 if wrong else 0


def _problem(case: Case, answer: dict[str, object]) -> str:
    if "fault" in answer:
        return str(answer["fault"])
    if case.must == "refuse" and not answer["errors"]:
        return "accepted without an error"
    if case.must == "refuse-yaml" and not answer["reader"]:
        return "broken YAML accepted by the reader"
    return "" if answer["placed"] else "a diagnostic without a place"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
