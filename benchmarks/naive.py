"""The naive pipeline: what most people would write for the job of `cpcalc batch`. `python benchmarks/naive.py FOLDER`

`yaml.safe_load`, pydantic models whose fields become pint quantities, pint quantities to the last total; one file after
another in one process. It is not slow on purpose: one registry, each text read once; as in batch nothing is discounted.

It does with a synthetic assessment what batch does: refuses unknown keys and words, wrong units, shares above 100 % and
streams that do not exist; works out what each measure saves in the bundle and alone, overlaps, paybacks, totals in all
and by status, streams before and after, the thirty identities between them and the warnings that such files give;
prints the same rows and totals as JSON. `same_figures.py` holds it to batch's figures.

It does not do the rest: say where in a file a problem is or how a figure came about; refuse ambiguous numbers and
duplicate keys; know more keys, units and currencies than these files have; most checks; what is missing or known in
part; correctly rounded sums; a cache; processes.
"""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from pathlib import Path
from typing import Any

import yaml
from naive_file import UNITS, Assessment, Measure, Quantity
from pydantic import ValidationError

Table = dict[str, Quantity]
# The category of what is saved of a stream, by the stream's kind.
CATEGORIES = {
    "material": "material", "water": "water", "energy": "energy", "chemical": "chemical",
    "wastewater": "disposal", "solid-waste": "disposal",
}  # fmt: skip
LARGEST_SAVING, SMALLEST_VND = UNITS.Quantity("50 / year"), 100_000
TOLERANCE = 1e-9

# ---- the calculation ------------------------------------------------------------------------------------------------


@dataclass
class Line:
    """One measure, or what several lines add up to."""

    measures: int
    amounts: Table  # investment in each currency
    investment: Quantity
    running_cost: Quantity
    savings: Table
    annual_saving: Quantity
    alone: Table  # savings, if this were the only measure
    alone_saving: Quantity
    overlap: Quantity
    reductions: Table

    def __post_init__(self) -> None:
        self.net_saving = self.annual_saving - self.running_cost
        self.alone_net_saving = self.alone_saving - self.running_cost
        pays = self.investment > 0 and self.net_saving > 0
        self.payback = (self.investment / self.net_saving).to("year") if pays else None


@dataclass
class Result:
    """What became of one assessment."""

    file: str
    assessment: Assessment
    after: Table
    saved: Table
    lines: list[Line]
    by_status: dict[str, Line]
    totals: Line
    identities: list[bool]
    warnings: list[str]


def total(quantities: Iterable[Quantity]) -> Quantity:
    """The sum of at least one quantity."""
    return reduce(add, quantities)


def total_by_name(tables: Iterable[Table]) -> Table:
    """The sum of each name's quantities."""
    found: Table = {}
    for table in tables:
        for name, quantity in table.items():
            found[name] = found[name] + quantity if name in found else quantity
    return found


def total_line(lines: Sequence[Line]) -> Line:
    """The line that lines add up to; its payback is the ratio of the sums."""
    return Line(
        measures=sum(line.measures for line in lines),
        amounts=total_by_name(line.amounts for line in lines),
        investment=total(line.investment for line in lines),
        running_cost=total(line.running_cost for line in lines),
        savings=total_by_name(line.savings for line in lines),
        annual_saving=total(line.annual_saving for line in lines),
        alone=total_by_name(line.alone for line in lines),
        alone_saving=total(line.alone_saving for line in lines),
        overlap=total(line.overlap for line in lines),
        reductions=total_by_name(line.reductions for line in lines),
    )


def measure_line(
    measure: Measure, assessment: Assessment, left: Table, cuts: Mapping[str, list[Quantity]]
) -> Line:
    """One measure's line; it leaves less of its streams in ``left`` and notes in ``cuts`` what it took."""
    savings, alone, reductions = [], [], []
    for effect in measure.effects:
        stream, before = assessment.streams[effect.stream], left[effect.stream]
        cut = before * effect.reduce
        left[effect.stream] = before - cut
        cuts[effect.stream].append(cut)
        category = CATEGORIES[stream.kind]
        savings.append({category: cut * stream.price})
        alone.append({category: stream.quantity * effect.reduce * stream.price})
        if category == "disposal":
            reductions.append({stream.kind.replace("-", "_"): cut})
    rate = assessment.basis.exchange_rates["USD"].rate
    amounts = [item.amount for item in measure.investment]
    saved, saved_alone = total_by_name(savings), total_by_name(alone)
    annual_saving, alone_saving = total(saved.values()), total(saved_alone.values())
    return Line(
        measures=1,
        amounts=total_by_name(
            {"USD" if amount.check("[USD]") else "VND": amount} for amount in amounts
        ),
        investment=total(amount * rate if amount.check("[USD]") else amount for amount in amounts),
        running_cost=measure.running_cost,
        savings=saved,
        annual_saving=annual_saving,
        alone=saved_alone,
        alone_saving=alone_saving,
        overlap=alone_saving - annual_saving,
        reductions=total_by_name(reductions),
    )


def assess(assessment: Assessment, file: str) -> Result:
    """Apply the measures in their order and add up."""
    left = {name: stream.quantity for name, stream in assessment.streams.items()}
    cuts: dict[str, list[Quantity]] = defaultdict(list)
    lines = [measure_line(measure, assessment, left, cuts) for measure in assessment.measures]
    statuses: dict[str, list[Line]] = defaultdict(list)
    for measure, line in zip(assessment.measures, lines, strict=True):
        statuses[measure.status].append(line)
    by_status = {status: total_line(members) for status, members in statuses.items()}
    totals = total_line(lines)
    identities = [*identities_of(lines, totals), *identities_of(by_status.values(), totals)]
    identities.append(same(totals.savings.values(), totals.annual_saving))
    identities.append(
        same([line.alone_saving for line in lines], totals.annual_saving + totals.overlap)
    )
    identities += [
        same([left[name], *cuts[name]], stream.quantity)
        for name, stream in assessment.streams.items()
    ]
    saved = {name: stream.quantity - left[name] for name, stream in assessment.streams.items()}
    warnings = list(warnings_of(assessment.measures, lines))
    return Result(file, assessment, left, saved, lines, by_status, totals, identities, warnings)


def same(parts: Iterable[Quantity], whole: Quantity) -> bool:
    """Whether the parts add up to the whole, but for rounding."""
    return abs(total(parts) - whole) <= TOLERANCE * abs(whole)


def identities_of(parts: Iterable[Line], whole: Line) -> Iterator[bool]:
    """Whether the parts add up to the whole: saving, investment, each category, each reduction."""
    parts = list(parts)
    yield same([line.annual_saving for line in parts], whole.annual_saving)
    yield same([line.investment for line in parts], whole.investment)
    for name, quantity in whole.savings.items():
        yield same([line.savings[name] for line in parts if name in line.savings], quantity)
    for name, quantity in whole.reductions.items():
        yield same([line.reductions[name] for line in parts if name in line.reductions], quantity)


def warnings_of(measures: Sequence[Measure], lines: Sequence[Line]) -> Iterator[str]:
    """What is doubtful about the measures."""
    seen: dict[str, str] = {}
    for measure, line in zip(measures, lines, strict=True):
        if line.payback is not None and line.payback > measure.lifetime * (1 + TOLERANCE):
            yield f"{measure.id} pays back in {line.payback:~} but lasts {measure.lifetime:~}"
        if line.annual_saving > line.investment * LARGEST_SAVING:
            yield f"{measure.id} saves {line.annual_saving:~}, many times its investment of {line.investment:~}"
        money = [*line.amounts.values(), measure.running_cost]
        if any(
            0 < amount.magnitude < SMALLEST_VND and not amount.check("[USD]") for amount in money
        ):
            yield f"{measure.id} costs so little that a million is missing"
        other = seen.setdefault(f"{line.annual_saving:.9g}", measure.id)
        if other != measure.id:
            yield f"{measure.id} saves exactly as much as {other}"


# ---- the answer -----------------------------------------------------------------------------------------------------


def figures_of(line: Line) -> dict[str, tuple[Quantity, str]]:
    """The figures of a line, and the unit that each is printed in."""
    consumption = total(
        saving for category, saving in line.savings.items() if category != "disposal"
    )
    return {
        **{
            f"investment.{currency}": (amount, currency)
            for currency, amount in line.amounts.items()
        },
        "investment": (line.investment, "VND"),
        "running_cost": (line.running_cost, "VND/year"),
        **{
            f"savings.{category}": (saving, "VND/year") for category, saving in line.savings.items()
        },
        "consumption_saving": (consumption, "VND/year"),
        "annual_saving": (line.annual_saving, "VND/year"),
        "annual_net_saving": (line.net_saving, "VND/year"),
        **({} if line.payback is None else {"simple_payback": (line.payback, "year")}),
        **{
            f"reductions.{kind}": (reduction, "m3/year" if kind == "wastewater" else "t/year")
            for kind, reduction in line.reductions.items()
        },
    }


def printed(figures: Mapping[str, tuple[Quantity, str]]) -> dict[str, dict[str, Any]]:
    """Figures as JSON has them."""
    return {
        name: {"value": quantity.m_as(unit), "unit": unit}
        for name, (quantity, unit) in figures.items()
    }


def row_of(result: Result) -> dict[str, Any]:
    """The row of an enterprise."""
    enterprise, assessment = result.assessment.enterprise, result.assessment
    return {
        "file": result.file,
        **enterprise.model_dump(include={"id", "name", "sector", "province", "country"}),
        "programme": None,
        "data_status": assessment.data_status,
        "period": str(assessment.basis.period),
        "currency": assessment.basis.currency,
        "measures_counted": result.totals.measures,
        "warnings": len(result.warnings),
        "figures": printed(figures_of(result.totals)),
    }


def totals_of(results: Sequence[Result], rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the enterprises add up to."""
    figures = printed(figures_of(total_line([result.totals for result in results])))
    reporting = Counter(name for row in rows for name in row["figures"])
    payback = figures.pop("simple_payback")
    identities = [holds for result in results for holds in result.identities]
    return {
        "enterprises": len(rows),
        "figures": {
            name: figure | {"enterprises": {"reporting": reporting[name], "of": len(rows)}}
            for name, figure in figures.items()
        },
        "simple_payback": payback,
        "money_complete": {"enterprises": len(rows), "of": len(rows)},
        "data_status": dict(Counter(row["data_status"] for row in rows)),
        "currencies": dict(Counter(row["currency"] for row in rows)),
        "warnings": sum(row["warnings"] for row in rows),
        "identities": {"holding": sum(identities), "of": len(identities)},
    }


def read(path: Path) -> Assessment:
    """The assessment in a file."""
    return Assessment.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))


def batch(folder: Path) -> dict[str, Any]:
    """All assessments below a folder."""
    results, failed = [], []
    for path in sorted(folder.rglob("*.yaml")):
        file = path.relative_to(folder).as_posix()
        try:
            assessment = read(path)
        except (yaml.YAMLError, ValidationError) as error:
            failed.append({"file": file, "problems": str(error)})
        else:
            results.append(assess(assessment, file))
    rows = [row_of(result) for result in results]
    return {"assessments": rows, "failed": failed, "totals": totals_of(results, rows)}


if __name__ == "__main__":
    json.dump(batch(Path(sys.argv[1])), sys.stdout, ensure_ascii=False, indent=1)
