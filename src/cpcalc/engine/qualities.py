"""What rests on estimates: the share of the saving on each tier of data."""

from __future__ import annotations

from collections.abc import Sequence

from cpcalc.figures import Figure
from cpcalc.resolve.model import Resolved
from cpcalc.results import MeasureResult

UNSTATED = "unstated"


def shares_by_quality(resolved: Resolved, measures: Sequence[MeasureResult]) -> dict[str, float]:
    """The share of the bundle's annual saving per stated quality (metered ... default), unstated
    included.

    Empty where no measure and no stream states a quality. Savings that cost money are left out of
    the shares.
    """
    quality_of = {measure.id: measure.quality for measure in resolved.measures}
    if not any(quality_of.values()):
        return {}
    sums: dict[str, float] = {}
    for result in measures:
        saving = result.line.annual_saving
        if result.in_bundle and isinstance(saving, Figure) and saving.value > 0:
            quality = quality_of[result.id] or UNSTATED
            sums[quality] = sums.get(quality, 0.0) + saving.value
    whole = sum(sums.values())
    return {quality: part / whole for quality, part in sums.items()} if whole else {}
