"""A small plant with its own factor sets beside it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.app.written import data_of

# Numbers as cited sets have them, small enough to check by eye; "own" keeps them apart from the shipped sets.
SETS = {
    "own-fuels": """\
factor-set: own-fuels
version: 1
title: {en: Fuels, vi: Nhiên liệu}
source: {title: Test book, year: 2006, url: "https://example.org/book"}
licence: none
quality: verified
kind: fuel
scope: 1
boundary: combustion
basis: ncv
geography: world
factors:
  - id: coal
    name: {en: Coal, vi: Than}
    ncv: {value: 26.7 GJ/t, where: Table 1.2}
    emits:
      - {of: CO2, value: 98 300 kg CO2/TJ, where: Table 2.3}
      - {of: CH4, value: 10 kg CH4/TJ, where: Table 2.3}
      - {of: N2O, value: 1.5 kg N2O/TJ, where: Table 2.3}
  - id: husk
    name: {en: Rice husk, vi: Trấu}
    ncv: {value: 11.6 GJ/t, where: Table 1.2, quality: unverified}
    emits:
      - {of: CO2, value: 100 000 kg CO2/TJ, biogenic: true}
      - {of: CH4, value: 30 kg CH4/TJ}
      - {of: N2O, value: 4 kg N2O/TJ}
  - id: gas-gross
    name: {en: Gas on gross heat, vi: Khí theo nhiệt trị cao}
    basis: gcv
    emits:
      - {of: CO2, value: 50 000 kg CO2/TJ}
  - id: dry-wood
    name: {en: Wood per dry tonne, vi: Gỗ theo tấn khô}
    mass-basis: dry
    emits:
      - {of: TSP, value: 10 kg TSP/t}
  - id: made-with-ar4
    name: {en: Fuel as CO2e, vi: Nhiên liệu tính bằng CO2e}
    emits:
      - {of: CO2e, value: 3 t CO2e/t, gwp: AR4-100}
  - id: made-with-unknown
    name: {en: Fuel as CO2e, vi: Nhiên liệu tính bằng CO2e}
    emits:
      - {of: CO2e, value: 3 t CO2e/t, gwp: not-stated}
""",
    "own-dust": """\
factor-set: own-dust
version: 1
title: {en: Dust, vi: Bụi}
source: {title: Test AP-42, year: 1996, url: "https://example.org/ap42"}
licence: none
quality: verified
kind: fuel
boundary: combustion
geography: US
factors:
  - id: stoker-pm
    name: {en: Stoker, vi: Ghi xích}
    emits:
      - {of: TSP, value: 0.4 kg TSP/t, times: ash, where: Table 1.2-3}
  - id: oil-pm
    name: {en: Oil, vi: Dầu}
    emits:
      - {of: TSP, value: 1.1012 kg TSP/m3, times: sulphur, plus: 0.3858 kg TSP/m3}
  - id: all-sizes
    name: {en: Boiler, vi: Nồi hơi}
    emits:
      - {of: TSP, value: 5 kg TSP/t}
      - {of: PM10, value: 3 kg PM10/t}
      - {of: PM2.5, value: 1 kg PM2.5/t}
      - {of: SO2, value: 9 kg SO2/t}
  - id: abated
    name: {en: Fleet average, vi: Trung bình}
    emits:
      - {of: TSP, value: 2 kg TSP/t, abated: true}
  - id: by-equipment
    name: {en: Boilers, vi: Các nồi hơi}
    emits:
      - {of: TSP, value: 33 kg TSP/t, equipment: spreader-stoker}
      - {of: TSP, value: 8 kg TSP/t, equipment: overfeed-stoker}
controls:
  - id: cyclone
    name: {en: Cyclone, vi: Xyclon}
    of: TSP
    efficiency: 80 %
    where: Table B-2
  - id: cyclone-pm10
    name: {en: Cyclone, vi: Xyclon}
    of: PM10
    efficiency: 50 %
""",
    "own-grid": """\
factor-set: own-grid
version: 1
title: {en: Grid, vi: Lưới điện}
source: {title: Test ministry, year: 2024, url: "https://example.org/grid"}
licence: none
quality: verified
kind: grid-electricity
scope: 2-location
boundary: generation
geography: VN
factors:
  - id: electricity
    name: {en: Electricity, vi: Điện}
    emits:
      - {of: CO2, value: 0.5764 t CO2/MWh, data-year: 2008, type: combined-margin, published: 2010, quality: unverified}
      - {of: CO2, value: 0.6592 t CO2/MWh, data-year: 2023, type: combined-margin, published: 2024}
      - {of: CO2, value: 0.8154 t CO2/MWh, data-year: 2023, type: build-margin, published: 2024}
  - id: plant-dust
    name: {en: Dust of power plants, vi: Bụi nhà máy điện}
    emits:
      - {of: TSP, value: 0.2 kg TSP/MWh, data-year: 2023, type: average}
  - id: market
    name: {en: Supplier, vi: Nhà cung cấp}
    scope: 2-market
    emits:
      - {of: CO2, value: 0.1 t CO2/MWh, data-year: 2023, type: residual-mix}
  - id: losses
    name: {en: Losses, vi: Tổn thất}
    scope: 3
    boundary: upstream
    emits:
      - {of: CO2, value: 0.05 t CO2/MWh, data-year: 2023, type: average}
""",
    "own-water": """\
factor-set: own-water
version: 1
title: {en: Waste water, vi: Nước thải}
source: {title: Test guidelines, year: 2006, url: "https://example.org/water"}
licence: none
quality: verified
kind: wastewater
scope: 1
boundary: treatment
geography: world
factors:
  - id: deep-lagoon
    name: {en: Anaerobic deep lagoon, vi: Hồ kỵ khí sâu}
    emits:
      - {of: CH4, value: 0.25 kg CH4/kg COD, mcf: 80 %, where: Table 6.8}
  - id: sewer
    name: {en: Stagnant sewer, vi: Cống ứ đọng}
    emits:
      - {of: CH4, value: 0.6 kg CH4/kg BOD, mcf: 50 %}
""",
    "own-gwp": """\
factor-set: own-gwp
version: 1
title: {en: GWP, vi: GWP}
source: {title: Test report, year: 2013, url: "https://example.org/gwp"}
licence: none
quality: verified
gwps:
  - {report: AR5, horizon: 100, gas: CO2, value: 1 kg CO2e/kg CO2}
  - {report: AR5, horizon: 100, gas: CH4, value: 28 kg CO2e/kg CH4}
  - {report: AR5, horizon: 100, gas: N2O, value: 265 kg CO2e/kg N2O}
  - {report: AR5, horizon: 100, feedback: true, gas: CH4, value: 34 kg CO2e/kg CH4}
  - {report: AR4, horizon: 100, gas: CO2, value: 1 kg CO2e/kg CO2}
  - {report: AR4, horizon: 100, gas: CH4, value: 25 kg CO2e/kg CH4}
  - {report: AR4, horizon: 100, gas: N2O, value: 298 kg CO2e/kg N2O, quality: unverified}
""",
}

HEAD = """\
cpcalc: 1
numbers: international
enterprise: {id: P-1, name: Plant, country: VN}
data-status: draft
basis:
  period: 2023
  currency: VND
  factor-sets: [own-fuels@1, own-dust@1, own-grid@1, own-water@1, own-gwp@1]
  grid: {data-year: 2023, type: combined-margin}
  gwp: AR5-100
"""


class Plant:
    """A folder with the sets above and assessments written into it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name, text in SETS.items():
            self.add_set(name, text)

    def add_set(self, name: str, text: str, version: int = 1) -> Path:
        """Write one version of a set beside the assessment."""
        place = self.folder / "emission_factors" / name
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{version}.yaml").write_text(text, encoding="utf-8")
        return place / f"{version}.yaml"

    def write(self, text: str, name: str = "plant.yaml") -> Path:
        """Write an assessment."""
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def assess(self, body: str, head: str = HEAD) -> Outcome:
        """Assess streams and measures under the head."""
        return assess_file(str(self.write(head + body)), Options())

    def data(self, body: str, head: str = HEAD) -> dict[str, Any]:
        """The JSON of a result; it must have one."""
        outcome = self.assess(body, head)
        problems = [
            (item.name, dict(item.values))
            for item in outcome.diagnostics
            if item.severity == "error"
        ]
        assert outcome.result is not None, problems
        parsed: dict[str, Any] = json.loads(json.dumps(data_of(outcome), allow_nan=False))
        return parsed

    def problems(self, body: str, head: str = HEAD) -> list[tuple[str, int]]:
        """Name and line of each diagnostic; lines count from the first line of ``body``."""
        before = head.count("\n")
        return [
            (item.name, item.span.line - before if item.span is not None else 0)
            for item in self.assess(body, head).diagnostics
        ]

    def saving(self, stream: str, reduce: str) -> dict[str, Any]:
        """The totals of one measure that reduces one stream, over a life of ten years."""
        body = f"streams:\n  s: {stream}\nmeasures:\n  - id: m\n    title: Saving\n    lifetime: 10 year\n"
        body += f"    effects: {{stream: s, reduce: {reduce}}}\n"
        totals: dict[str, Any] = self.data(body)["totals"]
        return totals
