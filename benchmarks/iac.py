"""From the US DOE industrial assessment database to assessment files, one a plant.

    python benchmarks/iac.py DATA FOLDER     writes a file for each of the plants in DATA (the .csv.gz of the release)

Statuses become ``unstated`` (the database's own are self-reported), a negative cost becomes a grant, blank costs and
savings stay out. The data is public and not part of this repository.
"""

from __future__ import annotations

import csv
import gzip
import sys
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

Row = Mapping[str, str]
RECOMMENDATIONS = "iac_recc_2025-05.csv.gz"
PLANTS = "iac_assess_2025-05.csv.gz"


def rows(path: Path) -> Iterator[Row]:
    """The rows of a gzipped CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def enterprises(folder: Path, economics: str = "") -> Iterator[tuple[str, str]]:
    """File name and text of each plant's assessment, in the order of the data.

    ``economics`` is YAML to put into each file, such as a discount rate and a lifetime.
    """
    plants = {row["id"]: row for row in rows(folder / PLANTS)}
    ordered = sorted(rows(folder / RECOMMENDATIONS), key=lambda row: row["id"])
    for plant, recommendations in groupby(ordered, key=lambda row: row["id"]):
        yield (
            f"{plant.lower()}.yaml",
            assessment(plant, plants.get(plant, {}), recommendations, economics),
        )


def assessment(plant: str, about: Row, recommendations: Iterable[Row], economics: str = "") -> str:
    """One plant as the text of an assessment file."""
    lines = [
        "cpcalc: 1",
        "numbers: international",
        f"enterprise: {{id: {plant}, name: {quoted(about.get('products') or plant)}, country: US}}",
        "data-status: published",
        'source: {title: "IAC database, US Department of Energy, release of May 2025"}',
    ]
    year = about.get("fy", "")
    stated = ", ".join([f"period: {year}"] * bool(year) + ["currency: USD"])
    lines += (
        [f"basis: {{{stated}}}"]
        if "discount-rate" not in economics
        else [f"basis: {{{stated}, {RATE}}}"]
    )
    if economics:
        lines.append(economics)
    lines.append("measures:")
    for row in recommendations:
        lines.append(f"  - id: {row['superid']}")
        lines.append(
            f"    title: {quoted('ARC ' + row['arc2_rounded'] + ', ' + (row['psourccode'] or 'no stream'))}"
        )
        lines += [f"    {line}" for line in money(row)]
    return "\n".join(lines) + "\n"


RATE = "discount-rate: {real: 10 %}"


def money(row: Row) -> Iterator[str]:
    """The cost and the saving of a recommendation; a blank is left out, never zero."""
    cost, saving = row["impcost"], row["psaved"]
    if cost.startswith("-"):
        yield "investment: 0 USD"
        yield f"grant: {amount(cost[1:])} USD"
    elif cost:
        yield f"investment: {amount(cost)} USD"
    if saving:
        yield f"benefits: {{saves: {amount(saving)} USD/year, as: unspecified}}"


def amount(text: str) -> str:
    """A number as a file may write it: no exponent, no trailing point."""
    number = float(text)
    return str(int(number)) if number.is_integer() else repr(number)


def quoted(text: str) -> str:
    """A text as a YAML scalar in double quotes."""
    clean = "".join(character if character.isprintable() else " " for character in text)
    return '"' + clean.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(data: str, folder: str) -> None:
    """Write every plant's file into a folder."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    count = 0
    for name, text in enterprises(Path(data)):
        (target / name).write_text(text, encoding="utf-8")
        count += 1
    print(f"{count} assessments in {target}")


if __name__ == "__main__":
    main(*sys.argv[1:3])
