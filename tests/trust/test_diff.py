"""`diff`: what changed between two results, and which kind of change did it, summing to the last digit."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_results import PLANT, SET, kept, plant
from law_settings import examples

from cpcalc.__main__ import run
from cpcalc.app.diff import diff, kind_of
from cpcalc.report.layout import Heading
from cpcalc.report.trust import Attributed, Difference, difference_page

ROOT = Path(__file__).parents[2]


def of(folder: Path, before: str, after: str) -> Difference:
    plant(folder, before)
    (folder / "new.yaml").write_text(after.replace("NUMBER", "1"))
    return diff(str(folder / "one.yaml"), str(folder / "new.yaml"))


def figure(found: Difference, name: str) -> Attributed:
    return next(item for item in found.attributed if item.figure == name)


def parts(found: Difference, name: str) -> dict[str, float]:
    return {kind: part.value for kind, part in figure(found, name).parts.items()}


def changed(old: str, new: str) -> str:
    assert old in PLANT
    return PLANT.replace(old, new)


def test_a_new_grid_factor_takes_its_whole_co2_change_and_gives_the_measures_none(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "emission_factors" / "own"
    folder.mkdir(parents=True)
    (folder / "2.yaml").write_text(SET.replace("version: 1", "version: 2").replace("0.55", "0.66"))
    found = of(tmp_path, PLANT, changed("own@1", "own@2"))
    # lamps 120 MWh, pumps 7 % of what is left: 199.1 MWh x 0.11 kg/kWh
    assert parts(found, "reductions.co2") == {"factor": pytest.approx(199.1 * 0.11)}
    assert {item.figure for item in found.attributed} == {"reductions.co2"}


def test_two_kinds_that_multiply_leave_their_interaction(tmp_path: Path) -> None:
    after = changed("60 000 m3", "66 000 m3").replace("8 200 VND/m3", "9 020 VND/m3")
    found = of(tmp_path, PLANT, after)
    saving = 0.11 * 60_000 * 8_200
    assert parts(found, "annual_saving") == {
        "activity": pytest.approx(0.1 * saving),
        "price": pytest.approx(0.1 * saving),
        "interaction": pytest.approx(0.01 * saving),
    }


def test_a_payback_changes_by_its_investment_and_by_its_saving(tmp_path: Path) -> None:
    after = changed("310 million", "410 million").replace("8 200 VND/m3", "9 020 VND/m3")
    found = of(tmp_path, PLANT, after)
    whole = parts(found, "simple_payback")
    paid = parts(found, "simple_payback.investment")
    saved = parts(found, "simple_payback.annual_net_saving")
    assert set(whole) == {"measures", "price"}
    assert (set(paid), set(saved)) == ({"measures"}, {"price"})
    assert whole["measures"] == pytest.approx(paid["measures"])
    assert whole["measures"] > 0 > whole["price"]
    payback = figure(found, "simple_payback")
    assert payback.before is not None
    assert payback.after is not None
    assert sum(whole.values()) == pytest.approx(payback.after.value - payback.before.value)  # type: ignore[union-attr]


def test_a_measure_on_a_stream_that_is_new_too_has_its_own_effect(tmp_path: Path) -> None:
    after = PLANT.replace(
        "scenarios:", "  steam: {kind: energy, quantity: 900 MWh/year, price: 700 VND/kWh}\nscenarios:"
    ) + "  - {id: lagging, title: Lagging, status: implemented, investment: 5 million VND, lifetime: 6 year,\n     effects: {stream: steam, reduce: 10 %}}\n"  # fmt: skip
    assert parts(of(tmp_path, PLANT, after), "annual_saving") == {"measures": pytest.approx(63e6)}
    assert parts(of(tmp_path, after, PLANT), "annual_saving") == {"measures": pytest.approx(-63e6)}


def test_what_is_left_out_of_the_figures_is_no_difference(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = of(tmp_path, PLANT, "# a comment\n" + changed("name: Plant", "name: Mill"))
    assert found.attributed == ()
    assert [(item.place, item.causes[0].kind) for item in found.changes] == [
        ("enterprise.name", "basis")
    ]
    assert run(["diff", str(tmp_path / "one.yaml"), str(tmp_path / "new.yaml")]) == 0
    assert "the results are the same" in capsys.readouterr().out


def test_what_is_not_known_is_not_nothing(tmp_path: Path) -> None:
    after = changed("investment: 310 million VND, ", "").replace("investment: 0,", "")
    found = of(tmp_path, PLANT, after)
    assert figure(found, "simple_payback").change is None
    assert parts(found, "simple_payback") == {}
    (table,) = [item for item in difference_page(found, "en") if getattr(item, "notes", ())]
    assert "measures.lamps.investment" in " ".join(table.notes)  # type: ignore[union-attr]
    without = after.replace("investment: 12 000 USD, ", "")
    assert figure(of(tmp_path, PLANT, without), "investment").change is None


def test_another_currency_is_no_change_of_a_number(tmp_path: Path) -> None:
    found = of(
        tmp_path,
        PLANT,
        changed("currency: VND", "currency: USD").replace(
            "USD: {rate: 21 000 VND/USD", "VND: {rate: 0.00005 USD/VND"
        ),
    )
    assert figure(found, "annual_saving").change is None
    assert not any(item.figure.startswith("simple_payback.") for item in found.attributed)


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("streams.coal.price", "price"),
        ("streams.price.quantity", "activity"),
        ("streams.coal.emission-factors.0.factor", "factor"),
        ("basis.grid.data-year", "factor"),
        ("basis.exchange-rates.USD.rate", "rate"),
        ("basis.operation.hours", "activity"),
        ("basis.period", "basis"),
        ("economics.carbon-price.price", "price"),
        ("economics.tax.rate", "rate"),
        ("economics.study-period", "basis"),
        ("products.paper.output", "activity"),
        ("measures.m1.loan.rate", "measures"),
    ],
)
def test_what_kind_of_change_a_place_is(place: str, kind: str) -> None:
    assert kind_of(tuple(place.split("."))) == kind


# ---- sums -----------------------------------------------------------------------------------------------------------

# What can be another in the plant: a number between what stands around it, or a text for another.
NUMBERS = (
    "rate: {|21 000| VND", "real: |8| %", "|1 250| MWh", "|1 900| VND", "|60 000| m3", "|8 200| VND",
    "|310| million", "|120| MWh", "|12 000| USD", "|4| million VND/year", "reduce: |7| %", "reduce: |11| %",
)  # fmt: skip
TEXTS = {
    "own@1": "own@2",
    "implemented, investment: 310": "rejected, investment: 310",
    "output: 4 000": "output: 4 400",
}
EDITS_AT_ONCE = 5


def edits(fewest: int) -> Any:
    one = st.tuples(st.integers(0, len(NUMBERS) + len(TEXTS) - 1), st.integers(50, 180))
    return st.lists(one, min_size=fewest, max_size=EDITS_AT_ONCE, unique_by=lambda edit: edit[0])


def edited(folder: Path, changes: list[tuple[int, int]]) -> str:
    (folder / "emission_factors" / "own").mkdir(parents=True, exist_ok=True)
    (folder / "emission_factors" / "own" / "2.yaml").write_text(
        SET.replace("version: 1", "version: 2").replace("0.55", "0.6")
    )
    text = PLANT
    for place, percent in sorted(changes):
        if place >= len(NUMBERS):
            old, new = list(TEXTS.items())[place - len(NUMBERS)]
        else:
            before, number, after = NUMBERS[place].split("|")
            old = before + number + after
            new = f"{before}{float(number.replace(' ', '')) * percent / 100:.6g}{after}"
        text = text.replace(old, new)
    return text


def all_sum(found: Difference) -> None:
    for item in found.attributed:
        if item.change is not None:
            assert sum(part.value for part in item.parts.values()) == item.change.value
            if item.before is not None and item.after is not None:
                values: list[Any] = [item.before, item.after]
                size = max(abs(value.value) for value in values)
                assert abs(item.change.value - (values[1].value - values[0].value)) <= 1e-9 * size


@given(changes=edits(1))
@examples(20)
def test_the_parts_sum_to_the_change(tmp_path_factory: Any, changes: list[tuple[int, int]]) -> None:
    folder = tmp_path_factory.getbasetemp() / "edits"
    all_sum(of(folder, PLANT, edited(folder, changes)))


@pytest.mark.slow
@given(changes=edits(EDITS_AT_ONCE))
@examples(200)
def test_the_parts_sum_to_the_change_for_a_thousand_edits(
    tmp_path_factory: Any, changes: list[tuple[int, int]]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "edits"
    all_sum(of(folder, PLANT, edited(folder, changes)))


# ---- what can be compared -------------------------------------------------------------------------------------------


def test_two_revisions_of_git_each_with_its_own_factor_sets(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    plant(tmp_path / "data")
    committed(tmp_path)
    path = tmp_path / "data" / "emission_factors" / "own" / "1.yaml"
    path.write_text(SET.replace("0.55", "0.66"))
    monkeypatch.chdir(tmp_path)
    assert run(["diff", "HEAD:data/one.yaml", "data/one.yaml"]) == 1
    page = capsys.readouterr().out
    assert "factors" in page
    assert "HEAD:data/one.yaml" in page
    monkeypatch.chdir(tmp_path / "data")
    assert run(["diff", "HEAD:./one.yaml", "one.yaml", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert [list(item["parts"]) for item in data["attributed"]] == [["factor"]]
    assert run(["diff", "HEAD:data/one.yaml", "HEAD:data/one.yaml"]) == 0
    assert run(["diff", "HEAD:none.yaml", "one.yaml"]) == 2
    assert run(["diff", "--", "--output=x:one.yaml", "one.yaml"]) == 2


def test_a_revision_has_its_own_tables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PLANT.replace("quantity: 60 000 m3/year", "readings: water.csv")
    (plant(tmp_path, text) / "water.csv").write_text(readings(5_000))
    committed(tmp_path)
    (tmp_path / "water.csv").write_text(readings(5_500))
    monkeypatch.chdir(tmp_path)
    assert run(["diff", "HEAD:one.yaml", "one.yaml", "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert {kind for item in data["attributed"] for kind in item["parts"]} == {"activity"}


def readings(quantity: int) -> str:
    rows = [f"2020-{month:02},{quantity}" for month in range(1, 13)]
    return "\n".join(["month,quantity [m3]", *rows]) + "\n"


def committed(folder: Path) -> None:
    """The folder as a repository of git with all of it in one revision."""
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")
    for arguments in (("init", "-b", "main"), ("add", "."), ("commit", "-m", "first")):
        subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)


def test_what_git_does_not_know_is_said_for_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(plant(tmp_path))
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert run(["diff", "HEAD:one.yaml", "one.yaml"]) == 2
    assert "this folder is in no git repository" in capsys.readouterr().err
    committed(tmp_path)
    for side, reason in {
        "nope:one.yaml": "git knows no revision of this name",
        "HEAD:none.yaml": "git has no such file at this revision",
        "--output=x:one.yaml": "git knows no revision of this name",
    }.items():
        assert run(["diff", "--", side, "one.yaml"]) == 2
        assert reason in capsys.readouterr().err


def test_of_two_batches_the_file_that_changed_did_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = kept(plant(tmp_path), monkeypatch, "batch").rename(tmp_path / "before.json")
    file = tmp_path / "two.yaml"
    file.write_text(file.read_text().replace("8 200 VND/m3", "9 020 VND/m3"))
    found = diff(str(before), str(kept(tmp_path, monkeypatch, "batch")))
    assert [item.place for item in found.changes] == ["assessments.two.yaml.sha256"]
    assert {kind for item in found.attributed for kind in item.parts} == {"input"}
    assert any(item.figure == "annual_saving" for item in found.attributed)


def test_two_results_are_compared_by_what_they_say_of_themselves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = kept(plant(tmp_path), monkeypatch, "assess")
    before = tmp_path / "before.json"
    old.rename(before)
    path = tmp_path / "emission_factors" / "own" / "1.yaml"
    path.write_text(SET.replace("0.55", "0.66"))
    after = kept(tmp_path, monkeypatch, "assess") if path.exists() else old
    found = diff(str(before), str(after))
    assert {kind for item in found.attributed for kind in item.parts} <= {"factor"}


def test_a_result_and_its_file_are_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "assess")
    found = diff(str(result), str(tmp_path / "one.yaml"))
    assert found.attributed == ()
    assert [type(block) for block in difference_page(found, "en")] == [Heading]


def test_a_side_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["diff", str(tmp_path / "none.yaml"), str(tmp_path)]) == 2
    assert "none.yaml` cannot be compared" in capsys.readouterr().err


def test_a_file_with_errors_is_no_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plant(tmp_path)
    (tmp_path / "bad.yaml").write_text(PLANT.replace("8 200 VND/m3", "8 200 VND/kWh"))
    assert run(["diff", str(tmp_path / "one.yaml"), str(tmp_path / "bad.yaml")]) == 1
    assert "bad.yaml" in capsys.readouterr().err


def test_the_page_adds_up_as_it_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after = changed("60 000 m3", "66 333 m3").replace("8 200 VND/m3", "9 027 VND/m3")
    of(
        tmp_path,
        PLANT,
        after.replace("1 900 VND", "1 977 VND").replace("310 million", "333 million"),
    )
    names = [str(tmp_path / "one.yaml"), str(tmp_path / "new.yaml")]
    assert run(["diff", *names, "--format", "markdown"]) == 1
    rows = [
        line.split("|")[1:-1]
        for line in capsys.readouterr().out.split("\n")
        if line.startswith("|")
    ]
    rows = [row for row in rows[2:] if row[1].strip() and len(row) > 4]
    assert len(rows) >= 5
    for row in rows:
        cells = [
            cell.replace("\u2212", "-").replace("\u00a0", "").replace("\\*", "").replace(" ", "")
            for cell in row[1:]
        ]
        one, other, change, *added = [float(cell) if cell.strip() else 0.0 for cell in cells]
        assert one + change == pytest.approx(other, abs=1e-9)
        assert sum(added) == pytest.approx(change, abs=1e-9)


def test_it_is_said_in_vietnamese(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    of(tmp_path, PLANT, changed("8 200 VND/m3", "9 020 VND/m3"))
    names = [str(tmp_path / "one.yaml"), str(tmp_path / "new.yaml")]
    assert run(["diff", *names, "--lang", "vi"]) == 1
    assert "Điều gì làm đổi kết quả" in capsys.readouterr().out


def test_results_that_differ_below_their_totals_alone_are_not_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = (
        "cpcalc: 1\nenterprise: {id: p, name: P}\ndata-status: draft\n"
        "streams:\n"
        "  one: {kind: energy, quantity: 100 MWh/year, price: 2 000 VND/kWh}\n"
        "  two: {kind: energy, quantity: 100 MWh/year, price: 2 000 VND/kWh}\n"
        "measures:\n"
        "  - {id: m1, title: A, effects: {stream: one, reduce: 1 %}}\n"
        "  - {id: m2, title: B, effects: {stream: two, reduce: 2 %}}\n"
    )
    swapped = before.replace("1 %", "3 %").replace("2 %", "1 %").replace("3 %", "2 %")
    for name, text in (("old", before), ("new", swapped)):
        Path(f"{name}.yaml").write_text(text)
        assert run(["assess", f"{name}.yaml", "--format", "json", "-o", f"{name}.json"]) == 0
    for ending in ("yaml", "json"):
        capsys.readouterr()
        assert run(["diff", f"old.{ending}", f"new.{ending}", "--format", "json"]) == 1
        said = json.loads(capsys.readouterr().out)
        assert not said["attributed"]
        (saving,) = [one for one in said["changes"] if one["at"] == "measures.m1.annual_saving"]
        assert [saving[key]["value"] for key in ("said", "now")] == [2e6, 4e6]
        assert run(["diff", f"old.{ending}", f"new.{ending}"]) == 1
        assert "the results differ" in capsys.readouterr().out
    assert run(["diff", "old.json", "old.yaml"]) == 0


@pytest.mark.parametrize(
    "file",
    sorted((ROOT / "assessments").glob("*/[hk-nq]*.yaml")),
    ids=lambda file: file.stem,
)
def test_a_result_is_the_same_as_its_file(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = tmp_path / "result.json"
    run(["assess", str(file), "--format", "json", "-o", str(result)])
    assert run(["diff", str(result), str(file)]) == 0, capsys.readouterr().out


def test_a_number_in_a_result_that_no_machine_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "assess")
    said = json.loads(result.read_text())
    said["totals"]["annual_saving"]["value"] = 10**400
    other = tmp_path / "other.json"
    other.write_text(json.dumps(said, indent=2))
    assert run(["diff", str(result), str(other)]) == 2
    assert "cannot be compared" in capsys.readouterr().err
