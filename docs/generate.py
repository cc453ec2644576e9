"""Write what is generated (or, with --check, say what is stale): the table of units and the pages of docs/."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))
sys.path.append(str(ROOT / "docs" / "pages"))  # pages that build on another one

# Each page is a module of docs/pages with `targets()`: (path, text) pairs.
PAGES = (
    "units_table",
    "result_schemas",
    "file_format",
    "methods",
    "cli",
    "factor_sets",
    "factor_sums",
    "published_cases",
    "diagnostics",
    "schemas",
    "screens",
)


def targets() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        module = importlib.import_module(f"pages.{page}")
        make: Callable[[Path], Iterator[tuple[Path, str]]] = module.targets
        yield from make(ROOT)


def main(arguments: list[str]) -> int:
    """0 when everything is up to date (or was written), 1 when --check finds a stale file."""
    check = "--check" in arguments
    stale = []
    for path, text in targets():
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    for path in stale:
        print(f"{'stale' if check else 'written'}: {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
