"""The measures of all enterprises together: ranked, classed by payback, and who contributes most."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from cpcalc.calc.payback import CLASS_ENDS_IN_YEARS, payback_class
from cpcalc.figures import Figure, Reported
from cpcalc.programme.sums import Sums, Total


class Pooled(NamedTuple):
    """One measure (or group) of one enterprise, in the programme's currency."""

    enterprise: str
    id: str
    title: Mapping[str, str]
    status: str
    is_group: bool
    figures: Mapping[str, Reported]


class PaybackClass(NamedTuple):
    """All measures whose payback is of a class."""

    name: str  # "(0,1)" ... "[3,inf)", or the case: immediate, never, worsens, trade-off, not-applicable, incomplete
    measures: int
    total: Total


class Contributor(NamedTuple):
    """An enterprise and its share of the programme's annual saving."""

    enterprise: str
    annual_saving: Figure
    share: float
    cumulative: float


def value_of(figures: Mapping[str, Reported], name: str) -> float | None:
    """The value of a figure, None where there is none."""
    figure = figures.get(name)
    return figure.value if isinstance(figure, Figure) else None


def ranked(pool: Iterable[Pooled]) -> list[Pooled]:
    """By net present value; those without one after them, by annual net saving; then by enterprise and id.

    Never by cost per tonne: ranking negative abatement costs is unsound (Taylor, Energy Policy 48, 2012).
    """

    def key(item: Pooled) -> tuple[bool, float, bool, float, str, str]:
        npv, saving = value_of(item.figures, "npv"), value_of(item.figures, "annual_net_saving")
        return (
            npv is None,
            -(npv or 0.0),
            saving is None,
            -(saving or 0.0),
            item.enterprise,
            item.id,
        )

    return sorted(pool, key=key)


_CASES = ("immediate",)
_AFTER = ("never", "worsens", "trade-off", "not-applicable", "incomplete")


def class_names() -> list[str]:
    """All classes in their order: they are exhaustive."""
    starts = (0.0, *CLASS_ENDS_IN_YEARS)
    middles = [payback_class(start if start else min(CLASS_ENDS_IN_YEARS) / 2) for start in starts]
    return [*_CASES, *middles, *_AFTER]


def payback_classes(pool: Sequence[tuple[Pooled, str, bytes]]) -> list[PaybackClass]:
    """Every class that has a measure; each measure comes with its packed figures."""
    sums = {name: Sums() for name in class_names()}
    for item, shape, values in pool:
        sums[_class_of(item)].add(shape, values)
    return [
        PaybackClass(name, part.enterprises, part.total())
        for name, part in sums.items()
        if part.enterprises
    ]


def _class_of(item: Pooled) -> str:
    payback = item.figures["simple_payback"]
    return payback_class(payback.value) if isinstance(payback, Figure) else payback.code


def contributors(savings: Mapping[str, Reported]) -> list[Contributor]:
    """Enterprises by their annual saving, with their share of the sum and the sum of shares so far."""
    known = [(name, figure) for name, figure in savings.items() if isinstance(figure, Figure)]
    known.sort(key=lambda pair: (-pair[1].value, pair[0]))
    whole = math.fsum(figure.value for _, figure in known)
    found, so_far = [], []
    for name, figure in known:
        so_far.append(figure.value)
        share = figure.value / whole if whole > 0 else 0.0
        found.append(
            Contributor(name, figure, share, math.fsum(so_far) / whole if whole > 0 else 0.0)
        )
    return found
