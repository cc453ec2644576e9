"""How long a report of 25 measures takes: `python benchmarks/reports.py [RUNS]`.

From the text of the file to the bytes of each format, in a process that has imported the libraries
and drawn one picture (goal: at most 3 seconds for each). The best of the runs counts.
"""

from __future__ import annotations

import sys
import time

from cpcalc.app.assess import Options, assess
from cpcalc.app.questions import sources_of
from cpcalc.report.document import Told, assessment_report
from cpcalc.report.writers import WRITERS, render

RUNS, MEASURES, GOAL_SECONDS = 3, 25, 3.0
PLANT = """cpcalc: 1
numbers: international
enterprise: {{id: P-1, name: Plant}}
data-status: draft
basis:
  period: 2024
  currency: VND
  factor-sets: [vn-grid@1, ipcc-2006@1]
  grid: {{data-year: 2022, type: combined-margin}}
  discount-rate: {{real: 12 %}}
streams:
  power: {{kind: energy, quantity: 9 000 MWh/year, price: 1 900 VND/kWh, emission-factors: [vn-grid/electricity]}}
  coal: {{kind: energy, quantity: 4 000 t/year, price: 4 000 VND/kg, ncv: 25 MJ/kg, emission-factors: [ipcc-2006/anthracite]}}
  water: {{kind: water, quantity: 90 000 m3/year, price: 11 000 VND/m3}}
measures:
{measures}
"""
MEASURE = "  - {{id: m{0}, title: Measure number {0}, investment: {1} million VND, lifetime: {2} years, effects: {{stream: {3}, reduce: 0.{4} %}}}}"


def plant() -> bytes:
    """A file of 25 measures on three streams."""
    streams = ("power", "coal", "water")
    measures = [
        MEASURE.format(
            number, 100 + 37 * number, 5 + number % 11, streams[number % 3], 1 + number % 9
        )
        for number in range(MEASURES)
    ]
    return PLANT.format(measures="\n".join(measures)).encode()


def report(text: bytes, ending: str) -> bytes:
    """The file's report in one format."""
    outcome = assess(text, "plant.yaml", Options(economics=True))
    assert outcome.result is not None, outcome.diagnostics
    told = Told(outcome.result, sources_of(outcome), "vi")
    return render(assessment_report([told], [], "vi"), ending)


def main(runs: int) -> int:
    text, worst = plant(), 0.0
    for ending in WRITERS:
        report(text, ending)  # imports what it needs
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            written = report(text, ending)
            times.append(time.perf_counter() - start)
        worst = max(worst, min(times))
        print(f"{ending:6} {min(times):5.2f} s  {len(written) / 1e6:5.2f} MB")
    print(f"slowest {worst:.2f} s, goal {GOAL_SECONDS:.0f} s")
    return 0 if worst <= GOAL_SECONDS else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else RUNS))
