"""The nineteen reconstructed assessments of VPEG: what they must be, and the published totals that they add up to."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from cpcalc.app.assess import Options, assess_file
from cpcalc.app.batch import Job
from cpcalc.app.check import check_file
from cpcalc.app.files import read_bytes
from cpcalc.app.load import load_document, reading_of
from cpcalc.app.programme import assess_programme
from cpcalc.figures import Figure
from cpcalc.quantities import Range
from cpcalc.results import AssessmentResult, Line
from cpcalc.schema.assessment import Assessment
from cpcalc.schema.programme import Programme
from cpcalc.source.reader import read

ASSESSMENTS = Path(__file__).parents[2] / "assessments"
FOLDER = ASSESSMENTS / "vpeg"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if path.name != "programme.yaml")
ACHIEVED = ("implemented", "verified")
PROVINCES = {
    "DN": "Đà Nẵng",
    "QN": "Quảng Ngãi",
    "LA": "Long An",
    "ST": "Sóc Trăng",
    "HD": "Hải Dương",
}
CONSUMED = ("material", "water", "energy", "chemical")

# As the project page of the Vietnam Cleaner Production Centre prints them.
PUBLISHED: Mapping[str, float] = {
    "consumption_saving": 86.06e9,  # VND/year
    "investment.VND": 3.7e9,
    "investment.USD": 785_000.0,
    "wastewater": 987_000.0,  # m3/year
    "solid_waste": 1_136.0,  # t/year
    "chemical_waste": 22.8,  # t/year
    "co2": 48_683.0,  # t/year
    "dust": 452.025,  # t/year
}
TOLERANCE = 0.005


@pytest.fixture(scope="module")
def results() -> dict[str, AssessmentResult]:
    found = {}
    for path in FILES:
        outcome = assess_file(str(path), Options())
        assert outcome.result is not None, (path.name, outcome.diagnostics)
        found[path.stem] = outcome.result
    return found


def model(path: Path) -> Assessment:
    loaded = load_document(read(read_bytes(str(path)), path.name))
    assert loaded.assessment is not None, loaded.diagnostics
    return loaded.assessment


def value(reported: object) -> float:
    """A figure that is wholly known, in its canonical unit; nothing where there is none."""
    if reported is None:
        return 0.0
    assert isinstance(reported, Figure), reported
    assert isinstance(reported, Figure)
    assert not reported.is_partial, reported
    return reported.value


def figures_of(line: Line) -> dict[str, float]:
    """The published figures as one line gives them."""
    amounts = (
        {str(amount.unit): amount for amount in line.investment.amounts}
        if line.investment is not None
        else {}
    )
    names = ("wastewater", "solid_waste", "chemical_waste", "co2", "dust")
    return {
        "consumption_saving": math.fsum(value(line.savings.get(category)) for category in CONSUMED),
        **{f"investment.{currency}": value(amounts.get(currency)) for currency in ("VND", "USD")},
        **{name: value(line.reductions.get(name)) for name in names},
    }


def achieved(result: AssessmentResult) -> dict[str, float]:
    lines = [
        figures_of(line) for status, line in result.totals_by_status.items() if status in ACHIEVED
    ]
    return {name: math.fsum(line[name] for line in lines) for name in PUBLISHED}


# ---- the totals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PUBLISHED)
def test_recomputed_total_agrees_with_the_published_one(
    name: str, results: dict[str, AssessmentResult]
) -> None:
    recomputed = math.fsum(achieved(result)[name] for result in results.values())
    assert recomputed == pytest.approx(PUBLISHED[name], rel=TOLERANCE)


def test_bundle_holds_nothing_that_was_not_achieved(results: dict[str, AssessmentResult]) -> None:
    for name, result in results.items():
        assert figures_of(result.totals) == pytest.approx(achieved(result)), name
        assert all(identity.holds for identity in result.identities), name


def test_payback_of_all_is_what_two_currencies_leave_open(
    results: dict[str, AssessmentResult],
) -> None:
    """About 2.8 months at 20 500 VND/USD, as the published totals imply."""
    sums = {
        name: math.fsum(achieved(result)[name] for result in results.values()) for name in PUBLISHED
    }
    months = (
        12 * (sums["investment.VND"] + sums["investment.USD"] * 20_500) / sums["consumption_saving"]
    )
    assert months == pytest.approx(2.76, abs=0.03)


# ---- the files ------------------------------------------------------------------------------------------------------


def test_there_are_nineteen_files_of_nineteen_codes() -> None:
    codes = [model(path).enterprise.id for path in FILES]
    assert len(FILES) == len(set(codes)) == 19
    assert {code[:2] for code in codes} == set(PROVINCES)
    assert [path.name[:5].upper() for path in FILES] == codes


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_passes_the_strictest_check(path: Path) -> None:
    checked = check_file(str(path))
    serious = [
        (diagnostic.name, diagnostic.path)
        for diagnostic in checked.diagnostics
        if diagnostic.severity in ("error", "warning") and not diagnostic.waived_because
    ]
    assert serious == []
    assert all(expectation.outcome == "met" for expectation in checked.expectations)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_file_says_what_it_is(path: Path) -> None:
    assessment = model(path)
    enterprise = assessment.enterprise
    assert assessment.data_status == "reconstructed"
    assert assessment.programme == "vpeg"
    assert enterprise.province == PROVINCES[enterprise.id[:2]]
    assert enterprise.sector
    assert re.fullmatch(
        rf"{enterprise.id} [a-z -]+, (Da Nang|Quang Ngai|Long An|Soc Trang|Hai Duong)",
        enterprise.name["en"],
    )
    assert enterprise.name["vi"].startswith(f"{enterprise.id} ")
    assert assessment.basis is not None
    assert assessment.basis.period is not None
    assert assessment.basis.discount_rate is not None
    assert assessment.basis.operation is not None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_measures_are_those_of_a_real_assessment(path: Path) -> None:
    measures = model(path).measures or []
    assert 5 <= len(measures) <= 15
    for measure in measures:
        assert set(measure.title) == {"en", "vi"}, measure.id
        assert measure.type, measure.id
        assert measure.status not in (None, "unstated"), measure.id
        if measure.status in ACHIEVED:
            assert measure.type != "end-of-pipe", measure.id
            assert measure.investment, measure.id
            assert measure.cost_class, measure.id
            assert measure.lifetime, measure.id
            assert measure.effects or measure.benefits, measure.id


def test_files_use_the_whole_format() -> None:
    """They are copied by people, so the set of them shows what can be written."""
    everything = [model(path) for path in FILES]
    effects = [
        effect
        for file in everything
        for measure in file.measures or ()
        for effect in measure.effects or ()
    ]
    streams = [stream for file in everything for stream in (file.streams or {}).values()]
    measures = [measure for file in everything for measure in file.measures or ()]
    assert {file.numbers for file in everything} == {"international", "vietnamese"}
    assert any(effect.from_ is not None and effect.per for effect in effects)
    assert any(effect.hours for effect in effects)
    assert any(effect.load for effect in effects)
    assert sum(effect.replace_by is not None for effect in effects) >= 3
    assert any(effect.increase for effect in effects)
    assert any(isinstance(effect.reduce, Range) for effect in effects)
    assert any(stream.part_of for stream in streams)
    assert any(stream.made_from for stream in streams)
    assert any(stream.follows for stream in streams)
    assert {stream.quality for stream in streams} >= {
        "metered",
        "invoiced",
        "calculated",
        "estimated",
        "default",
    }
    assert any(measure.after for measure in measures)
    assert any(measure.excludes for measure in measures)
    assert any(measure.verified_effects for measure in measures)
    assert any(measure.running_cost for measure in measures)
    assert any(
        benefit.as_ == "downtime" for measure in measures for benefit in measure.benefits or ()
    )
    assert sum(bool(file.expect) for file in everything) >= 4


# ---- plausibility ---------------------------------------------------------------------------------------------------

# Stream over product against the range of the benchmark: seafood and textile and starch waste water after IPCC 2006 vol. 5
# table 6.9, recycled paper at its own 44 m3/t, norms of MOIT circulars (a maximum), EU reference document for cement.
BENCHMARKS = (
    ("hd-01", "electricity", "cement", 90.0, 150.0),  # kWh/t
    ("hd-02", "dien", "xi-mang", 90.0, 150.0),
    ("dn-03", "electricity", "billet", 404.0, 722.0),
    ("st-01", "electricity", "shrimp", 0.0, 2050.0),
    ("st-02", "electricity", "shrimp", 0.0, 2050.0),
    ("st-01", "wastewater", "shrimp", 8.0, 18.0),  # m3/t
    ("st-02", "wastewater", "shrimp", 8.0, 18.0),
    ("dn-01", "wastewater", "frozen-fish", 8.0, 18.0),
    ("qn-02", "nuoc-thai", "thanh-pham", 8.0, 18.0),
    ("dn-02", "wastewater", "paper", 30.0, 44.0),
    ("la-01", "wastewater", "fabric", 100.0, 185.0),
    ("la-02", "wastewater", "fabric", 100.0, 185.0),
    ("qn-01", "wastewater", "starch", 4.0, 18.0),
)
# Heat of fuel by its own NCV over product, MJ/t. A kiln that still finds savings is above best available technique (3 300).
HEATS = (
    ("hd-01", "coal", "clinker", 3350.0, 3550.0),
    ("hd-02", "than", "clanhke", 3350.0, 3550.0),
    ("qn-03", "coal", "bricks", 950.0, 1500.0),
)


def specific(code: str, stream: str, product: str, results: dict[str, AssessmentResult]) -> float:
    path = next(path for path in FILES if path.stem.startswith(code))
    output = next(item.output for item in model(path).products or () if item.id == product)
    baseline = next(item.baseline for item in results[path.stem].streams if item.id == stream)
    assert output is not None
    return value(baseline) / output.value


@pytest.mark.parametrize(("code", "stream", "product", "low", "high"), BENCHMARKS)
def test_baseline_stands_inside_its_benchmark(
    code: str,
    stream: str,
    product: str,
    low: float,
    high: float,
    results: dict[str, AssessmentResult],
) -> None:
    assert low <= specific(code, stream, product, results) <= high


@pytest.mark.parametrize(("code", "stream", "product", "low", "high"), HEATS)
def test_heat_stands_inside_its_benchmark(
    code: str,
    stream: str,
    product: str,
    low: float,
    high: float,
    results: dict[str, AssessmentResult],
) -> None:
    path = next(path for path in FILES if path.stem.startswith(code))
    ncv = (model(path).streams or {})[stream].ncv
    assert ncv is not None
    megajoules = specific(code, stream, product, results) * ncv.value * 3.6
    assert low <= megajoules <= high


# ---- believed by who knows such plants ------------------------------------------------------------------------------


def test_verified_measures_say_what_was_measured_of_each_effect() -> None:
    for path in FILES:
        for measure in model(path).measures or ():
            predicted = {(effect.stream, effect.load) for effect in measure.effects or ()}
            verified = {(effect.stream, effect.load) for effect in measure.verified_effects or ()}
            assert (measure.status == "verified") == bool(verified), (path.name, measure.id)
            assert not verified or verified == predicted, (path.name, measure.id)


def test_verification_confirms_some_predictions_and_fails_others(
    results: dict[str, AssessmentResult],
) -> None:
    shares = [
        value(measure.realisation)
        for result in results.values()
        for measure in result.measures
        if measure.realisation is not None
    ]
    assert max(shares) == pytest.approx(1.3, abs=0.02)
    assert sum(share > 1 for share in shares) >= 3
    assert sum(share < 0.5 for share in shares) >= 10
    assert sum(share == 0 for share in shares) >= 5  # not distinguishable from zero, counted so


def test_few_giants_carry_the_programme_and_the_others_pay_back_in_years(
    results: dict[str, AssessmentResult],
) -> None:
    savings = {name: value(result.totals.annual_net_saving) for name, result in results.items()}
    giants = sorted(savings, key=lambda name: savings[name])[-3:]
    assert {name[:5] for name in giants} == {"hd-01", "dn-02", "la-01"}
    assert sum(savings[name] for name in giants) > 0.85 * sum(savings.values())
    for name in results.keys() - set(giants):
        invested = figures_of(results[name].totals)
        years = (invested["investment.VND"] + 20_510 * invested["investment.USD"]) / savings[name]
        assert 0.65 < years < 3, name


def test_starch_plant_has_the_load_and_the_methane_of_its_lagoons(
    results: dict[str, AssessmentResult],
) -> None:
    stem = next(path.stem for path in FILES if path.stem.startswith("qn-01"))
    wastewater = (model(FOLDER / f"{stem}.yaml").streams or {})["wastewater"]
    assert wastewater.cod is not None
    assert 0.0110 <= wastewater.cod.value <= 0.0135  # t/m3: Vietnamese cassava plants
    totals = results[stem].totals
    assert value(totals.reductions["co2e"]) > value(totals.reductions["co2"]) + 1_000


# ---- no real company, nothing invented ------------------------------------------------------------------------------

COMPANY_WORDS = re.compile(
    r"\b(company|corporation|co\.|ltd|jsc|inc\.|công ty|tnhh|cổ phần|tập đoàn)(?!\w)", re.IGNORECASE
)


def published_names() -> Iterator[str]:
    for path in sorted((ASSESSMENTS / "published").glob("*.yaml")):
        yield from model(path).enterprise.name.values()


def test_no_file_names_a_company() -> None:
    names = [name for name in published_names() if len(name) > 6]
    assert len(names) >= 20
    for path in FILES:
        text = path.read_text(encoding="utf-8")
        assert not COMPANY_WORDS.search(text), path.name
        assert not [name for name in names if name.casefold() in text.casefold()], path.name


def test_programme_file_holds_what_was_published_and_no_more() -> None:
    document = read(read_bytes(str(FOLDER / "programme.yaml")), "programme.yaml")
    programme = Programme.model_validate(document.tree, context=reading_of(document.tree, []))
    assert programme.training is not None
    assert programme.training.courses is None  # titles, dates and participants are not published
    assert set(PROVINCES.values()) < set(programme.provinces or ())
    assert len(programme.provinces or ()) == 8
    published = {item.figure: item for item in programme.published or ()}
    counts = {name: item.count for name, item in published.items() if item.count is not None}
    assert counts == {
        "enterprises": 19,
        "provinces": 5,
        "training.courses": 10,
        "training.person_days": 828,
    }
    values = {
        name.removeprefix("totals.").removeprefix("reductions."): item.value.value
        for name, item in published.items()
        if item.value is not None
    }
    assert values == pytest.approx(dict(PUBLISHED))
    assert all(item.source for item in published.values())


def test_programme_reconciles_by_construction() -> None:
    outcome = assess_programme(
        str(FOLDER / "programme.yaml"), Job(Options(), jobs=1, cached=False), lambda done, of: None
    )
    assert outcome.result is not None, outcome.problems
    lines = {line.figure: line for line in outcome.result.reconciliation}
    assert len(lines) == 12
    for figure, line in lines.items():
        assert line.outcome == ("not-recomputed" if figure.startswith("training.") else "agrees"), (
            figure
        )
        assert line.by_construction == figure.startswith("totals."), figure
    assert all(identity.holds for identity in outcome.result.identities)
    assert not [problem for problem in outcome.problems if problem.severity != "notice"]
