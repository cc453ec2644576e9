"""docs/diagnostics.md: the catalogue of diagnostics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cpcalc.app.explain import all_examples
from cpcalc.report.catalogue import markdown


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    yield root / "docs" / "diagnostics.md", "\n".join(markdown(all_examples()))
