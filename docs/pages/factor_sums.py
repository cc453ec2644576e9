"""emission_factors/SHA256SUMS: the hashes of the factor sets as they were released, from the pins of the tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    pins = json.loads(
        (root / "tests" / "factor_sets" / "released.json").read_text(encoding="utf-8")
    )
    lines = [
        f"{pinned['sha256']}  {pin.replace('@', '/')}.yaml" for pin, pinned in sorted(pins.items())
    ]
    yield root / "emission_factors" / "SHA256SUMS", "".join(f"{line}\n" for line in lines)
