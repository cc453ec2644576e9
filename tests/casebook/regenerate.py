"""Write the golden results of tests/casebook/good anew; review them as a diff."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.report.json_result import dumps, result_data
from cpcalc.report.problems import describe

FOLDER = Path(__file__).parent / "good"


def golden(path: Path, outcome: Outcome) -> dict[str, Any]:
    """The JSON result without what changes with every version: hashes and the place of the file."""
    assert outcome.result is not None, path
    described = [{**describe(item, outcome.ids), "file": path.name} for item in outcome.diagnostics]
    data = result_data(outcome.result, described)
    del data["provenance"]
    return data


def compact(data: Any) -> str:
    """JSON with each figure on a line of its own, so that a diff shows figures."""
    return re.sub(
        r"\{[^{}\[\]]*\}|\[[^{}\[\]]*\]",
        lambda found: re.sub(r"\n\s*", " ", found.group()),
        dumps(data),
    )


def main() -> None:
    for path in sorted(FOLDER.glob("*.yaml")):
        text = compact(golden(path, assess_file(str(path), Options())))
        target = path.with_suffix(".json")
        if not target.exists() or target.read_text(encoding="utf-8") != text:
            target.write_text(text, encoding="utf-8", newline="\n")
            print(f"written: {target.name}")


if __name__ == "__main__":
    main()
