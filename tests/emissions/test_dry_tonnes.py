"""A heat content as fired on dry tonnes is refused, as one per dry tonne on wet tonnes is."""

from __future__ import annotations

import pytest

from cpcalc.app.assess import Options, assess

TEXT = """cpcalc: 1
numbers: international
enterprise: {id: a, name: A}
data-status: draft
basis: {gwp: AR5-100, factor-sets: [ipcc-2006@1, ipcc-gwp@1]}
streams:
  husk: {kind: energy, quantity: 100 t/year, price: 1 million VND/t, %semission-factors: [ipcc-2006/rice-husk]}
measures: [{id: m, title: M, investment: 5 million VND, effects: {stream: husk, reduce: 10 %%}}]
"""


@pytest.mark.parametrize(
    ("basis", "errors"),
    [
        ("", []),
        ("mass-basis: wet, ", []),
        ("mass-basis: dry, ", ["mass-basis-mixed"]),
        (
            "mass-basis: dry, ncv: 14 MJ/kg, ",
            [],
        ),  # the stream's own heat content is per its own tonne
    ],
)
def test_heat_content_and_tonnes_are_of_one_kind(basis: str, errors: list[str]) -> None:
    outcome = assess((TEXT % basis).encode(), "plant.yaml", Options())
    assert [found.name for found in outcome.diagnostics if str(found.severity) == "error"] == errors
