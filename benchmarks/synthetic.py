"""Make synthetic assessments of about 350 lines: `python benchmarks/synthetic.py FOLDER COUNT`.

Ten streams, seventeen measures with one or two effects each, about 130 quantities: the size of a real consultant's
file. Numbers come from a seeded generator, so the same call writes the same bytes everywhere.
"""

from __future__ import annotations

import random
import sys
from pathlib import Path

PROVINCES = (
    "Đà Nẵng",
    "Quảng Ngãi",
    "Long An",
    "Sóc Trăng",
    "Hải Dương",
    "Bắc Ninh",
    "Bình Dương",
    "Hà Nội",
)
SECTORS = ("seafood", "textile", "paper", "cement", "sugar", "beer", "steel", "ceramics")
STATUSES = ("data-status: measured", "data-status: draft", "data-status: reconstructed")
FILES_PER_FOLDER = 500

# id, kind, quantity from, to, unit, price from, to, unit
STREAMS = (
    ("electricity", "energy", 900_000, 9_000_000, "kWh/year", 1_100, 1_900, "VND/kWh"),
    ("coal", "energy", 800, 9_000, "t/year", 1_900_000, 3_100_000, "VND/t"),
    ("fuel-oil", "energy", 40, 900, "t/year", 11_000_000, 16_000_000, "VND/t"),
    ("water", "water", 20_000, 400_000, "m3/year", 3_000, 9_000, "VND/m3"),
    ("raw-material", "material", 900, 30_000, "t/year", 2_000_000, 18_000_000, "VND/t"),
    ("packaging", "material", 20, 400, "t/year", 9_000_000, 24_000_000, "VND/t"),
    ("detergent", "chemical", 4_000, 60_000, "kg/year", 9_000, 42_000, "VND/kg"),
    ("chlorine", "chemical", 1_000, 20_000, "kg/year", 6_000, 21_000, "VND/kg"),
    ("wastewater", "wastewater", 18_000, 380_000, "m3/year", 1_500, 6_500, "VND/m3"),
    ("solid-waste", "solid-waste", 90, 2_400, "t/year", 60_000, 420_000, "VND/t"),
)
MEASURES = (
    (
        "leaks",
        "Find and repair leaks of water and steam",
        "good-housekeeping",
        ("water", "wastewater"),
    ),
    (
        "nozzles",
        "Spray nozzles on all washing hoses",
        "equipment-modification",
        ("water", "wastewater"),
    ),
    ("meters", "Sub-meters and a daily log per line", "process-control", ("electricity",)),
    (
        "lamps",
        "Efficient lamps in the production halls",
        "equipment-modification",
        ("electricity",),
    ),
    ("drives", "Variable speed drives on pumps and fans", "technology-change", ("electricity",)),
    (
        "compressors",
        "Lower pressure and repair compressed air",
        "good-housekeeping",
        ("electricity",),
    ),
    ("insulation", "Insulate steam pipes, valves and tanks", "equipment-modification", ("coal",)),
    ("condensate", "Return condensate to the boiler", "on-site-recovery", ("coal", "water")),
    ("economiser", "Economiser on the boiler", "technology-change", ("coal",)),
    ("burner", "Tune burner and excess air", "process-control", ("fuel-oil",)),
    ("yield", "Better cutting and weighing", "process-control", ("raw-material", "solid-waste")),
    (
        "storage",
        "First in, first out in the raw material store",
        "good-housekeeping",
        ("raw-material",),
    ),
    ("film", "Thinner film for packaging", "input-change", ("packaging",)),
    ("dosing", "Dosing pumps for detergent", "process-control", ("detergent", "wastewater")),
    ("chlorination", "Control chlorination by measured residual", "process-control", ("chlorine",)),
    (
        "segregation",
        "Separate waste at its source and sell it",
        "useful-by-product",
        ("solid-waste",),
    ),
    ("rinsing", "Counter-current rinsing", "technology-change", ("water", "wastewater")),
)


def assessment(number: int) -> str:
    """The text of synthetic assessment ``number``."""
    draw = random.Random(number)
    lines = [
        "cpcalc: 1",
        "numbers: international",
        "enterprise:",
        f"  id: SYN-{number:06d}",
        f"  name: Synthetic plant {number}, {draw.choice(SECTORS)}",
        f"  sector: {SECTORS[number % len(SECTORS)]}",
        f"  province: {PROVINCES[number % len(PROVINCES)]}",
        "  country: VN",
        f"  employees: {draw.randint(60, 1200)}",
        STATUSES[number % len(STATUSES)],
        "",
        "# Synthetic: drawn at random to measure with; says nothing about any plant.",
        "basis:",
        "  period: 2011",
        "  currency: VND",
        "  exchange-rates:",
        "    USD: {rate: 20 510 VND/USD, year: 2011, source: drawn for the benchmark}",
        "  operation:",
        f"    days: {draw.randint(250, 330)} day/year",
        f"    hours: {draw.choice((8, 16, 24))} hour/day",
        "  discount-rate:",
        "    nominal: 12 %",
        "",
        "products:",
        f"  - {{id: product, output: {draw.randint(1000, 9000)} t/year}}",
        "",
        "streams:",
    ]
    for name, kind, low, high, unit, cheap, dear, price_unit in STREAMS:
        lines += [
            f"  {name}:",
            f"    kind: {kind}",
            f"    name: {name.replace('-', ' ').capitalize()} of the whole plant",
            f"    quantity: {draw.randint(low, high)} {unit}",
            f"    price: {draw.randint(cheap, dear)} {price_unit}",
            f"    quality: {draw.choice(('metered', 'invoiced', 'estimated'))}",
            "",
        ]
    lines.append("measures:")
    for position, (name, title, kind, streams) in enumerate(MEASURES):
        status = ("implemented", "planned", "considered")[position * 3 // len(MEASURES)]
        money = (
            f"{draw.randint(2, 900)} million VND"
            if draw.random() < 0.85
            else f"{draw.randint(900, 60_000)} USD"
        )
        lines += [
            f"  - id: {name}",
            f"    title: {title}",
            f"    type: {kind}",
            f"    status: {status}",
            "    # As offered by two suppliers; the cheaper one is taken.",
            "    investment:",
            f"      - item: equipment for {name}",
            f"        amount: {money}",
            "      - item: installation",
            f"        amount: {draw.randint(1, 60)} million VND",
            f"    lifetime: {draw.randint(3, 15)} year",
            f"    running-cost: {draw.randint(0, 9)} million VND/year",
            "    effects:",
        ]
        for stream in streams:
            lines += [
                f"      - stream: {stream}",
                f"        reduce: {draw.randint(5, 90) / 10} %",
                f"        quality: {draw.choice(('calculated', 'estimated', 'metered'))}",
            ]
        lines.append("")
    return "\n".join(lines)


def write(folder: Path, count: int) -> list[Path]:
    """Write ``count`` assessments below a folder, some hundred to a sub-folder; the files, in path order."""
    files = []
    for number in range(count):
        path = folder / f"{number // FILES_PER_FOLDER:03d}" / f"{number:06d}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(assessment(number), encoding="utf-8", newline="\n")
        files.append(path)
    return files


if __name__ == "__main__":
    write(Path(sys.argv[1]), int(sys.argv[2]))
