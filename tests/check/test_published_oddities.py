"""The inconsistencies of published cases, each typed as it was printed: check finds it, on the line that holds it.

Where a published case has a file of its own (``assessments/published``), the file accepts its oddity by a waiver, which
would be a warning itself if the check no longer found it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cpcalc.app.check import check_file

HEAD = "cpcalc: 1\nenterprise: {id: A-1, name: n, sector: SECTOR}\ndata-status: published\nsource: {title: t}\n"
# case: sector, what is found, and the file as printed with a > before the guilty line
ODDITIES: dict[str, tuple[str, str, str]] = {
    "Vinh Phu shoes: 500 to 700 million pairs from a plant for 1 to 1.2 million": (
        "footwear",
        "production-above-capacity",
        """
units: {pair: count}
products:
  - id: shoes
    capacity: {low: 1 million pair/year, high: 1.2 million pair/year}
>   output: {low: 500 million pair/year, high: 700 million pair/year}
""",
    ),
    "Phong Chau paper: two measures save 1.38 billion dong": (
        "paper",
        "identical-savings",
        """
basis: {currency: VND}
measures:
  - {id: boiler, title: Biomass boiler, benefits: {saves: 1.38 billion VND/year, as: energy}}
> - {id: pulp, title: Pulp recovered, benefits: {saves: 1.38 billion VND/year, as: material}}
""",
    ),
    "Sao Xanh foundry: saving a hundred times the investment": (
        "iron-foundry",
        "saving-dwarfs-investment",
        """
basis: {currency: VND}
groups:
  - id: options
    title: All
>   investment: 13 million VND
    annual-saving: 1 300 million VND/year
""",
    ),
    "Georgian metalware: two tariffs in one plant": (
        "metalware",
        "implied-price",
        """
basis: {currency: EUR}
streams:
  electricity: {kind: energy}
measures:
  - {id: well, title: Well cap, effects: {stream: electricity, reduce: 10 275 kWh/year, worth: 780 EUR/year}}
> - {id: solar, title: Solar heaters, effects: {stream: electricity, reduce: 32 900 kWh/year, worth: 1 900 EUR/year}}
""",
    ),
    "MUTEX: a yield of 89 % beside rejects of 21 %": (
        "textile",
        "parts-above-whole",
        """
streams:
> cloth: {kind: material}
  good: {part-of: cloth, share: 89 %}
  rejects: {part-of: cloth, share: 21 %}
""",
    ),
    "Mbeya brewery: 30 tonnes of carbon for 15,460 units of electricity": (
        "brewery",
        "implied-factor",
        """
streams:
  grid: {kind: energy, name: Electricity, price: 300 TZS/kWh}
basis: {currency: TZS}
measures:
  - id: solar
    title: Solar power
    effects:
      - {stream: grid, reduce: 15 460 kWh/year}
>     - {reduces: co2, by: 30 t/year, as-published: true}
""",
    ),
    "Mbeya brewery: 6 hectolitres of water for a litre of beer": (
        "brewery",
        "consumption-outside-band",
        """
products: [{id: beer}]
streams:
> water: {kind: water, quantity: 6 hL/L, per: beer, price: 2 USD/m3}
basis: {currency: USD}
measures:
  - {id: water, title: Less water, effects: {stream: water, from: 6 hL/L, to: 3.2 hL/L, per: beer}}
""",
    ),
    "Georgian asphalt: CO2 without a fuel": (
        "asphalt",
        "co2-without-energy",
        """
measures:
  - id: heat
    title: Insulation
>   effects: {reduces: co2, by: 82.9 t/year, as-published: true}
""",
    ),
    "Song Lam sugar: 7.000 m3/day of waste water": (
        "sugar",
        "ambiguous-number",
        """
basis: {operation: {days: 150 day/year}}
streams:
> waste: {kind: wastewater, quantity: 7.000 m3/day}
""",
    ),
    "Thanh Chuong starch: 35,000 tons of dreg": (
        "starch",
        "refused-unit",
        """
streams:
> dreg: {kind: solid-waste, quantity: 35 000 tons/year}
""",
    ),
    "Sao Xanh foundry: 25-40% in place of a value": (
        "iron-foundry",
        "range-in-a-number",
        """
streams:
  coal: {kind: energy, quantity: 900 t/year, price: 3 million VND/t}
measures:
> - {id: stove, title: Stove, effects: {stream: coal, reduce: 25-40 %}}
""",
    ),
}


@pytest.mark.parametrize("case", ODDITIES)
def test_what_was_printed_wrongly_is_found(case: str, tmp_path: Path) -> None:
    sector, name, body = ODDITIES[case]
    text = HEAD.replace("SECTOR", sector) + body
    guilty = next(
        number for number, line in enumerate(text.split("\n"), start=1) if line.startswith(">")
    )
    path = tmp_path / "case.yaml"
    path.write_text(text.replace("\n>", "\n "), encoding="utf-8")
    found = {
        (item.span.line if item.span else 0, item.name)
        for item in check_file(str(path)).diagnostics
    }
    assert found == {(guilty, name)}


def test_the_published_files_accept_theirs_with_reasons() -> None:
    accepted = set()
    for path in (Path(__file__).parents[2] / "assessments" / "published").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        accepted |= {waiver["check"] for waiver in yaml.safe_load(text).get("waivers", ())}
    assert accepted == {
        "co2-without-energy",
        "fuel-without-price",
        "identical-savings",
        "implied-factor",
        "implied-price",
        "measure-without-effect",
        "saving-dwarfs-investment",
        "period-not-a-year",
    }
