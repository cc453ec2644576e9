"""A programme: added up, broken down, reconciled, proven; refused where its enterprises may not stand together."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

import pytest

from cpcalc import __main__ as command_line
from cpcalc.app.assess import Options
from cpcalc.app.batch import Job
from cpcalc.app.check import check_file
from cpcalc.app.programme import ProgrammeOutcome, assess_programme
from cpcalc.figures import Figure, NotApplicable

HEAD = """cpcalc-programme: 1
id: prog
name: {en: Test programme, vi: Chương trình thử}
sponsor: A sponsor
provinces: [Long An, Sóc Trăng]
enterprises: [one.yaml, two.yaml]
currency: VND
exchange-rates: {USD: {rate: 20 000 VND/USD, year: 2011, source: test}}
"""


def enterprise(number: int, *, saving: int = 10, province: str = "Long An", more: str = "") -> str:
    """An assessment with one measure in two currencies."""
    return f"""cpcalc: 1
enterprise: {{id: E-{number}, name: Plant {number}, sector: textile, province: {province}}}
programme: prog
data-status: measured
basis: {{period: 2011, currency: VND, exchange-rates: {{USD: {{rate: 21 000 VND/USD, year: 2012, source: test}}}}}}
streams:
  electricity: {{kind: energy, quantity: 1 000 MWh/year, price: 1 000 VND/kWh}}
measures:
  - id: m1
    title: Lamps
    status: implemented
    cost-class: low-cost
    investment: [{{item: a, amount: 20 million VND}}, {{item: b, amount: 1 000 USD}}]
    effects: {{stream: electricity, reduce: {saving} %}}
{more}"""


def programme(folder: Path, text: str = HEAD, **files: str) -> ProgrammeOutcome:
    """A programme of the files given, else of two enterprises."""
    for name, content in (files or {"one": enterprise(1), "two": enterprise(2, saving=30)}).items():
        (folder / f"{name}.yaml").write_text(content, encoding="utf-8")
    (folder / "programme.yaml").write_text(text, encoding="utf-8")
    return assess_programme(
        str(folder / "programme.yaml"),
        Job(Options(), cached=False, jobs=1),
        lambda done, total: None,
    )


def names(outcome: ProgrammeOutcome) -> list[str]:
    """The names of the problems."""
    return [problem.name for problem in outcome.problems]


def value(outcome: ProgrammeOutcome, name: str) -> float:
    """A total's value."""
    assert outcome.result is not None
    figure = outcome.result.total.figure(name)
    assert isinstance(figure, Figure)
    return figure.value


def test_both_investments_stand_as_given_and_as_one_at_the_programmes_rate(tmp_path: Path) -> None:
    """2 x (20 million VND + 1 000 USD) at 20 000, not at the files' own 21 000; payback is the ratio of sums."""
    outcome = programme(tmp_path)
    assert value(outcome, "investment.VND") == 40e6
    assert value(outcome, "investment.USD") == 2000
    assert value(outcome, "investment") == 40e6 + 2000 * 20_000
    assert value(outcome, "annual_saving") == 100e6 + 300e6
    assert outcome.result is not None
    payback = outcome.result.total.simple_payback
    assert isinstance(payback, Figure)
    assert payback.value == pytest.approx(80e6 / 400e6)
    assert names(outcome) == ["programme-rate-differs"]


def test_without_a_rate_both_amounts_stand_and_the_single_one_is_partial(tmp_path: Path) -> None:
    """What is in the programme's currency adds up everywhere; what is missing is named."""
    outcome = programme(tmp_path, HEAD.replace("exchange-rates", "# exchange-rates"))
    assert outcome.result is not None
    total = outcome.result.total.figure("investment")
    assert isinstance(total, Figure)
    assert (total.value, total.is_partial, total.missing) == (40e6, True, ("exchange-rates.USD",))
    assert outcome.result.total.simple_payback == NotApplicable(
        "incomplete", "field-missing", ("exchange-rates.USD",)
    )
    assert all(item.holds for item in outcome.result.identities)
    assert value(outcome, "investment.USD") == 2000
    assert names(outcome) == ["programme-rate-missing"]


def test_every_sum_is_proven(tmp_path: Path) -> None:
    outcome = programme(tmp_path)
    assert outcome.result is not None
    identities = outcome.result.identities
    assert len(identities) > 20
    assert all(item.holds for item in identities)
    assert any(item.name == "investment: amounts at their rates" for item in identities)
    assert any(
        item.name == "sum by measure: annual_saving" and item.right == 400e6 for item in identities
    )


def test_contributors_classes_and_pool(tmp_path: Path) -> None:
    result = programme(tmp_path).result
    assert result is not None
    assert [(item.enterprise, item.share, item.cumulative) for item in result.contributors] == [
        ("E-2", 0.75, 0.75),
        ("E-1", 0.25, 1.0),
    ]
    classes = {name: total.enterprises for name, total in result.payback_classes.items()}
    assert classes == {"(0,1)": 2}
    assert [(item.enterprise, item.id) for item in result.pool] == [("E-2", "m1"), ("E-1", "m1")]
    provinces = result.breakdowns["province"]
    assert {name: total.enterprises for name, total in provinces.items()} == {"Long An": 2}
    assert list(result.breakdowns["status"]) == ["implemented"]


def test_a_measure_with_npv_comes_before_larger_savings_without(tmp_path: Path) -> None:
    first = enterprise(1).replace("period: 2011,", "period: 2011, discount-rate: {real: 10 %},")
    first = first.replace("    effects:", "    lifetime: 10 year\n    effects:")
    result = programme(tmp_path, one=first, two=enterprise(2, saving=30)).result
    assert result is not None
    assert [item.enterprise for item in result.pool] == ["E-1", "E-2"]


REFUSED = {
    "enterprise-twice": (enterprise(1), enterprise(1, saving=11)),
    "other-programme": (
        enterprise(1),
        enterprise(2).replace("programme: prog", "programme: other"),
    ),
    "province-outside": (enterprise(1), enterprise(2, province="Hà Nội")),
    "baseline-periods-differ": (
        enterprise(1),
        enterprise(2).replace("period: 2011", "period: 2012"),
    ),
    "missing-field": (enterprise(1), enterprise(2).replace("period: 2011, ", "")),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_enterprises_that_may_not_stand_together_are_refused(tmp_path: Path, name: str) -> None:
    """There is no total at all, and the problem is placed in the enterprise's own file."""
    one, two = REFUSED[name]
    outcome = programme(tmp_path, one=one, two=two)
    assert outcome.result is None
    problem = next(problem for problem in outcome.problems if problem.name == name)
    assert problem.file == str(tmp_path / "two.yaml")
    assert problem.span is not None


def test_spelling_does_not_hide_a_duplicate(tmp_path: Path) -> None:
    outcome = programme(
        tmp_path, one=enterprise(1), two=enterprise(1).replace("id: E-1", "id: e-1")
    )
    assert "enterprise-twice" in names(outcome)


def test_periods_may_differ_where_the_programme_says_so(tmp_path: Path) -> None:
    text = HEAD + "baseline-periods: {from: 2010, to: 2012}\n"
    two = enterprise(2).replace("period: 2011", "period: {from: 2011-07-01, to: 2012-06-30}")
    assert programme(tmp_path, text, one=enterprise(1), two=two).result is not None
    late = enterprise(2).replace("period: 2011", "period: 2013")
    assert "baseline-period-outside" in names(
        programme(tmp_path, text, one=enterprise(1), two=late)
    )


def test_a_broken_enterprise_is_reported_and_the_others_are_counted(tmp_path: Path) -> None:
    outcome = programme(
        tmp_path, one=enterprise(1), two=enterprise(2).replace("kind: energy", "kind: energi")
    )
    assert outcome.result is not None
    assert outcome.result.total.enterprises == 1
    assert outcome.result.not_counted == ("two.yaml",)
    assert "enterprise-not-counted" in names(outcome)
    assert [problem.name for problem in outcome.batch.failures[0].problems] == ["not-a-choice"]


PUBLISHED = (
    HEAD
    + """published:
  - {figure: enterprises, count: 2}
  - {figure: totals.annual_saving, value: 401 million VND/year, within: 0.5 %}
  - {figure: totals.consumption_saving, value: 420 million VND/year, within: 0.5 %}
  - {figure: totals.savings.energy, value: 400 million VND/year, not-reproduced: "a test"}
  - {figure: totals.savings.water, value: 1 million VND/year, within: 1 %}
  - {figure: training.courses, count: 3}
  - {figure: provinces, value: 1 km}
"""
)


def test_published_totals_are_reconciled(tmp_path: Path) -> None:
    outcome = programme(tmp_path, PUBLISHED.replace("1 km", "1 t"))
    assert outcome.result is not None
    lines = outcome.result.reconciliation
    assert [line.outcome for line in lines] == [
        "agrees", "agrees", "differs", "now-reproduced", "unknown", "not-recomputed", "unknown",
    ]  # fmt: skip
    assert not any(line.by_construction for line in lines)
    assert lines[1].difference is not None
    assert lines[1].difference.value == pytest.approx(-1e6)
    assert lines[1].share == pytest.approx(-1 / 401)
    found = {problem.name: problem for problem in outcome.problems}
    assert set(found) == {
        "expectation-missed", "now-reproduced", "unknown-figure", "published-in-another-kind", "programme-rate-differs",
    }  # fmt: skip
    assert all(problem.span is not None for problem in outcome.problems)


def test_reconstructed_files_agree_by_construction(tmp_path: Path) -> None:
    text = HEAD + "published:\n  - {figure: totals.annual_saving, value: 400 million VND/year}\n"
    two = enterprise(2, saving=30).replace("measured", "reconstructed")
    outcome = programme(tmp_path, text, one=enterprise(1), two=two)
    assert outcome.result is not None
    assert [line.by_construction for line in outcome.result.reconciliation] == [True]
    assert outcome.result.data_shares == {"reconstructed": 0.75, "measured": 0.25}


TRAINING = (
    HEAD
    + """training:
  courses:
    - {title: First, days: 3, participants: {women: 12, men: 15}}
    - {days: 2, participants: 20}
"""
)


def test_training_is_added_up_as_far_as_it_is_known(tmp_path: Path) -> None:
    result = programme(tmp_path, TRAINING).result
    assert result is not None
    training = result.training
    assert isinstance(training["person_days"], Figure)
    assert training["person_days"].value == 3 * 27 + 2 * 20
    assert isinstance(training["courses"], Figure)
    assert not isinstance(training["women"], Figure)
    assert training["women"].missing == ("training.courses.1.participants.women",)


def test_a_declared_cost_class_is_held_to_the_thresholds(tmp_path: Path) -> None:
    ends = "cost-classes: {year: 2011, no-cost: 1 million VND, low-cost: 30 million VND, medium-cost: 1 billion VND}\n"
    outcome = programme(tmp_path, HEAD + ends)
    found = [problem for problem in outcome.problems if problem.name == "cost-class-contradicted"]
    assert [problem.values["found"] for problem in found] == ["medium-cost"] * 2
    assert all(problem.span is not None and problem.file for problem in found)
    waived = HEAD + ends + "waivers: [{check: cost-class-contradicted, because: a test}]\n"
    assert all(problem.severity == "notice" for problem in programme(tmp_path, waived).problems)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (("enterprises: [one.yaml, two.yaml]", "enterprises: [one.yaml, gone.yaml]"), "file-not-readable"),
        (("enterprises: [one.yaml, two.yaml]", "enterprises: [., two.yaml]"), "enterprise-file-listed-twice"),
        (("currency: VND", "currency: XYZ"), "unknown-currency"),
        (("20 000 VND/USD", "20 000 USD/VND"), "wrong-kind-of-unit"),
        (("cpcalc-programme: 1", "cpcalc: 1"), "not-a-programme"),
        (("sponsor: A sponsor", "sponser: A"), "unknown-key"),
        (("id: prog", "id: prog\ncost-classes: {year: 2011, no-cost: 5 VND, low-cost: 1 VND, medium-cost: 9 VND}"),
         "cost-classes-not-rising"),
        (("id: prog", "id: prog\ncost-classes: {year: 2011, no-cost: 5 VND, low-cost: 9 USD, medium-cost: 9 VND}"),
         "cost-classes-mixed"),
        (("id: prog", "id: prog\nperiod: {from: 2013, to: 2009}"), "period-ends-before-it-begins"),
    ],
)  # fmt: skip
def test_a_wrong_programme_file_is_refused_with_a_place(
    tmp_path: Path, change: tuple[str, str], name: str
) -> None:
    outcome = programme(tmp_path, HEAD.replace(*change))
    assert outcome.result is None
    assert [problem.name for problem in outcome.problems] == [name]
    assert outcome.problems[0].span is not None


def test_an_empty_folder_is_no_programme(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    outcome = programme(tmp_path, HEAD.replace("[one.yaml, two.yaml]", "[empty]"))
    assert names(outcome) == ["no-enterprises"]


def test_check_reads_a_programme_file(tmp_path: Path) -> None:
    programme(tmp_path, PUBLISHED)
    path = str(tmp_path / "programme.yaml")
    found = {problem.name for problem in check_file(path).diagnostics}
    assert found == {
        "expectation-missed", "now-reproduced", "unknown-figure", "published-in-another-kind", "programme-rate-differs",
    }  # fmt: skip


def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The command line with a cache of the test's own."""
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "cache"))
    return command_line.run(["programme", str(tmp_path / "programme.yaml"), *arguments])


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize("form", ["terminal", "markdown", "csv", "json"])
def test_every_form_in_both_languages(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    form: str,
    language: str,
) -> None:
    programme(
        tmp_path,
        TRAINING + "published:\n  - {figure: totals.annual_saving, value: 400 million VND/year}\n",
    )
    assert run(tmp_path, monkeypatch, "--format", form, "--lang", language) == 0
    first = capsys.readouterr().out
    assert run(tmp_path, monkeypatch, "--format", form, "--lang", language, "--jobs", "2") == 0
    assert capsys.readouterr().out == first
    assert "{" not in first or form == "json"
    if form == "terminal":
        assert max(map(len, first.splitlines())) <= 80


def figures(node: Any) -> Any:
    """Every number in JSON data."""
    if isinstance(node, dict):
        for item in node.values():
            yield from figures(item)
    elif isinstance(node, list):
        for item in node:
            yield from figures(item)
    elif isinstance(node, float):
        yield node


def test_json_has_no_place_of_this_machine_and_no_nan(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    programme(tmp_path)
    assert run(tmp_path, monkeypatch, "--format", "json") == 0
    text = capsys.readouterr().out
    assert str(tmp_path) not in text
    assert os.fspath(tmp_path.name) not in text
    data = json.loads(text)
    assert all(math.isfinite(number) for number in figures(data))
    assert data["totals"]["figures"]["investment"]["value"] == 80e6
    assert data["totals"]["figures"]["investment.USD"]["enterprises"] == {"reporting": 2, "of": 2}


def test_exit_codes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programme(tmp_path)
    assert run(tmp_path, monkeypatch) == 0
    programme(
        tmp_path,
        HEAD + "published:\n  - {figure: totals.annual_saving, value: 1 million VND/year}\n",
    )
    assert run(tmp_path, monkeypatch) == 1
    (tmp_path / "programme.yaml").unlink()
    assert run(tmp_path, monkeypatch) == 2
