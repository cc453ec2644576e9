"""Compare cpcalc with independent totals of the US DOE industrial assessment database.

    python benchmarks/iac_totals.py DATA [--first N]

DATA is the folder with the release and the expected totals; it is not part of this repository. For each plant: sums of
cost and saving, and the payback where nothing is missing (else it must be `incomplete`). For the sample: simple
payback, NPV and IRR over 10 years at 10 %, and discounted payback in whole years without that limit (100 years).
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

from iac import assessment, enterprises, rows

from cpcalc.app.assess import Options, assess
from cpcalc.figures import Figure, NotApplicable, Reported
from cpcalc.results import AssessmentResult, Economics

EXPECTED = "iac_assessment_expected.csv.gz"
SAMPLE = "iac_sample_2000.csv"
AGREES = 1e-9
TEN_YEARS = "economics: {lifetime: 10 year}\nbasis: {discount-rate: {real: 10 %}}"


class Tally:
    """What agreed, and the first few that did not."""

    def __init__(self) -> None:
        self.agreed: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.examples: list[str] = []
        self.widest = 0.0

    def compare(
        self, what: str, name: str, found: float | str | None, expected: float | str | None
    ) -> None:
        """Count one comparison."""
        if isinstance(found, float) and isinstance(expected, float):
            gap = abs(found - expected) / max(abs(expected), 1.0)
            same = gap <= AGREES
            self.widest = max(self.widest, gap if same else 0.0)
        else:
            same = found == expected
        if same:
            self.agreed[what] += 1
            return
        self.failed[what] += 1
        if len(self.examples) < 20:
            self.examples.append(f"{what} of {name}: found {found}, expected {expected}")


def value(figure: Reported | None) -> float | str | None:
    """A figure's number, or the code of why there is none."""
    if figure is None:
        return None
    return figure.code if isinstance(figure, NotApplicable) else figure.value


def known(figure: Reported | None) -> float:
    """A sum of which nothing is known is 0 in the independent totals."""
    return figure.value if isinstance(figure, Figure) else 0.0


def result_of(text: str, name: str, *, economics: bool = False) -> AssessmentResult:
    """The result of one file's text."""
    outcome = assess(text.encode(), name, Options(economics=economics))
    assert outcome.result is not None, (name, [item.name for item in outcome.diagnostics])
    return outcome.result


def plants(data: Path, tally: Tally, first: int | None) -> int:
    """Totals of each plant."""
    expected = {row["id"].lower(): row for row in rows(data / EXPECTED)}
    count = 0
    for name, text in enterprises(data):
        if first is not None and count == first:
            break
        count += 1
        row = expected[name.removesuffix(".yaml")]
        totals_of = result_of(text, name)
        totals = totals_of.totals
        cost = known(
            totals.investment.converted if totals.investment is not None else None
        ) - known(totals.grant)
        tally.compare("cost", name, cost, float(row["total_impcost_usd"] or 0))
        tally.compare(
            "saving", name, known(totals.annual_saving), float(row["total_saved_usd_per_yr"] or 0)
        )
        blank = str(without_money(totals_of))
        if (
            row["n_cost_missing"] == row["n_saving_missing"] == blank
        ):  # nothing missing where there is any money
            payback = row["portfolio_payback_yr"]
            found = value(totals.simple_payback)
            named = isinstance(found, str) and found != "incomplete"
            if payback and float(payback) > 0:
                tally.compare("payback", name, found, float(payback))
            else:
                tally.compare("payback that is no number", name, named, True)
        else:
            tally.compare("incomplete payback", name, value(totals.simple_payback), "incomplete")
    return count


def without_money(result: AssessmentResult) -> int:
    """Recommendations with neither a cost nor a saving: they have no part in a payback."""
    return sum(
        item.line.investment is None and isinstance(item.line.annual_saving, NotApplicable)
        for item in result.measures
    )


def sample(data: Path, tally: Tally) -> int:
    """Each recommendation of the sample as a file of its own."""
    count = 0
    with (data / SAMPLE).open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            count += 1
            for what, name, found, expected in compared(row):
                tally.compare(what, name, found, expected)
    return count


def compared(
    row: Mapping[str, str],
) -> Iterator[tuple[str, str, float | str | None, float | str | None]]:
    """What is found and expected of one recommendation."""
    name = row["superid"]
    about = {"fy": row["fiscal_year"], "products": name}
    recommendation = {
        "superid": name, "arc2_rounded": "0", "psourccode": row["resource_code"],
        "impcost": row["impcost_usd"], "psaved": row["saved_usd_per_yr"],
    }  # fmt: skip
    terms = "economics: {lifetime: %s}\n# discount-rate"
    ten = (
        result_of(assessment("X1", about, [recommendation], terms % "10 year"), name)
        .measures[0]
        .line
    )
    century = (
        result_of(assessment("X1", about, [recommendation], terms % "100 year"), name)
        .measures[0]
        .line
    )
    expected = {
        key: row[f"expected_{key}"] for key in ("simple_payback_yr", "npv_10pct_10yr", "irr_10yr")
    }
    whole = row["expected_discounted_payback_whole_years_10pct"]
    if expected["simple_payback_yr"] and float(expected["simple_payback_yr"]) > 0:
        yield (
            "simple payback",
            name,
            value(ten.simple_payback),
            float(expected["simple_payback_yr"]),
        )
    if expected["npv_10pct_10yr"]:
        found = ten.economics.npv if isinstance(ten.economics, Economics) else ten.economics
        yield "NPV", name, value(found), float(expected["npv_10pct_10yr"])
    if expected["irr_10yr"]:
        found = ten.economics.irr if isinstance(ten.economics, Economics) else ten.economics
        yield "IRR", name, value(found), float(expected["irr_10yr"])
    if expected["irr_10yr"]:
        found = (
            century.economics.discounted_payback
            if isinstance(century.economics, Economics)
            else None
        )
        years = value(found)
        yield (
            "discounted payback",
            name,
            float(-(-years // 1)) if isinstance(years, float) else years,
            float(whole) if whole else "never",
        )
    if not (expected["npv_10pct_10yr"] or expected["irr_10yr"]):
        found = ten.economics.npv if isinstance(ten.economics, Economics) else ten.economics
        yield "NPV of what is incomplete", name, value(found), "incomplete"


def main(data: str, *options: str) -> int:
    """Print what agreed and what did not; 1 when something did not."""
    tally = Tally()
    first = int(options[1]) if options[:1] == ("--first",) else None
    print(
        f"{plants(Path(data), tally, first)} plants, {sample(Path(data), tally)} recommendations of the sample"
    )
    for what in tally.agreed | tally.failed:
        print(f"{what}: {tally.agreed[what]} agree, {tally.failed[what]} do not")
    print(f"widest difference that counts as agreement: {tally.widest:.1e}")
    print(*tally.examples, sep="\n")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
