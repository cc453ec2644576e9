"""What pinned factor sets cost: `python benchmarks/factor_loading.py [RUNS]`, as a share of one cold `cpcalc assess`.

In a fresh process with everything imported, all sets of a file are opened, hashed, and its factors and GWPs read; that
is compared with the whole cold process in a pipe (goal: under a quarter). The two take turns; medians are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 15
FILE = """\
cpcalc: 1
numbers: international
enterprise: {id: B-1, name: Benchmark, country: VN}
data-status: draft
basis:
  period: 2014
  currency: VND
  factor-sets: [ipcc-2006@1, ap-42@1, vn-grid@1, ipcc-gwp@1, ipcc-wastewater@1, control-efficiencies@1]
  grid: {data-year: 2014, type: combined-margin}
  gwp: AR5-100
streams:
  power: {kind: energy, quantity: 41 GWh/year, price: 1 200 VND/kWh, emission-factors: vn-grid/electricity}
  coal:
    kind: energy
    quantity: 62 000 t/year
    price: 1.9 million VND/t
    emission-factors: [ipcc-2006/anthracite, {factor: ap-42/anthracite-stoker-pm, ash: 18 %, control: 95 %}]
  oil: {kind: energy, quantity: 900 t/year, emission-factors: ipcc-2006/residual-fuel-oil}
  husk: {kind: energy, quantity: 9 000 t/year, emission-factors: ipcc-2006/rice-husk}
measures:
  - id: m
    title: Less of all
    effects: [{stream: power, reduce: 5 %}, {stream: coal, reduce: 2 %}, {stream: oil, reduce: 1 %}]
"""
LOADING = """
import sys, time
from cpcalc.app import assess
from cpcalc.app.files import read_bytes
from cpcalc.app.load import library_of, load_document
from cpcalc.library import Choice
loaded = load_document(read(read_bytes(sys.argv[1]), sys.argv[1]))
start = time.perf_counter()
library = library_of(loaded.assessment, ".", [])
grid = Choice(2014, "combined-margin")
for name in ("vn-grid/electricity", "ipcc-2006/anthracite", "ap-42/anthracite-stoker-pm",
             "ipcc-2006/residual-fuel-oil", "ipcc-2006/rice-husk"):
    library.pick(name, grid=grid)
library.gwps("AR5-100")
print(time.perf_counter() - start)
"""


def main(arguments: list[str]) -> int:
    """Print the share; 1 when it is above the goal."""
    runs = int(arguments[0]) if arguments else RUNS
    with tempfile.TemporaryDirectory() as folder:
        name = str(Path(folder) / "plant.yaml")
        Path(name).write_text(FILE, encoding="utf-8")
        whole, loading = [], []
        for _ in range(runs):
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, "-m", "cpcalc", "assess", name], check=True, capture_output=True
            )
            whole.append(time.perf_counter() - start)
            done = subprocess.run(
                [sys.executable, "-c", LOADING, name], check=True, capture_output=True, text=True
            )
            loading.append(float(done.stdout))
    share = statistics.median(loading) / statistics.median(whole)
    milliseconds = statistics.median(loading) * 1000
    print(
        f"six pinned sets: {milliseconds:.1f} ms, {share:.1%} of a cold assess (goal: under 25 %)"
    )
    return 0 if share < 0.25 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
