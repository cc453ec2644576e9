"""The naive pipeline: what most people would write. `python benchmarks/naive.py FOLDER`

`yaml.safe_load`, and a pint quantity for every number from the text to the total: the baseline that batch is held to.
It reads the synthetic assessments only, in one process, and prints their summed saving.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pint
import yaml

UNITS = pint.UnitRegistry()
for definition in ("m3 = meter ** 3", "VND = [currency_vnd]", "USD = [currency_usd]", "million = 1e6"):
    UNITS.define(definition)


def quantity(text: str) -> Any:
    """A quantity as pint reads it, once the number's gaps are closed."""
    number, _, unit = text.partition(" ")
    rest = unit.split(" ")
    while rest and rest[0].isdigit():
        number += rest.pop(0)
    return UNITS.Quantity(f"{number} {' * '.join(rest)}".replace("%", "percent"))


def assess(path: Path) -> Any:
    """The annual saving of one assessment, in VND a year."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    streams = {
        name: [quantity(stream["quantity"]), quantity(stream["price"])] for name, stream in data["streams"].items()
    }
    rate = quantity(data["basis"]["exchange-rates"]["USD"]["rate"])
    total = UNITS.Quantity("0 VND/year")
    invested = UNITS.Quantity("0 VND")
    running = UNITS.Quantity("0 VND/year")
    paybacks = []
    for measure in data["measures"]:
        cost = UNITS.Quantity("0 VND")
        for item in measure["investment"]:
            amount = quantity(item["amount"])
            cost += amount if amount.check("[currency_vnd]") else amount * rate
        saving = UNITS.Quantity("0 VND/year")
        for effect in measure["effects"]:
            stream = streams[effect["stream"]]
            reduction = stream[0] * quantity(effect["reduce"]).to("dimensionless")
            stream[0] = stream[0] - reduction
            saving += (reduction * stream[1]).to("VND/year")
        yearly = quantity(measure["running-cost"])
        quantity(measure["lifetime"])
        if (saving - yearly).magnitude > 0:
            paybacks.append((cost / (saving - yearly)).to("year"))
        total, invested, running = total + saving, invested + cost, running + yearly
    return total


if __name__ == "__main__":
    savings = [assess(path) for path in sorted(Path(sys.argv[1]).rglob("*.yaml"))]
    print(f"{sum(saving.magnitude for saving in savings):.6f}")
