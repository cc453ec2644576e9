"""How many examples the laws are tried on: more on demand, for a long search."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings


def examples(count: int) -> settings:
    """``count`` examples, or CPCALC_FUZZ_EXAMPLES times as many; what is found belongs in tests/casebook/bad."""
    times = int(os.environ.get("CPCALC_FUZZ_EXAMPLES", "1"))
    return settings(
        max_examples=max(1, count * times),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )
