"""`import cpcalc`: small, light, typed, and the same figures as the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kept_results import PLANT, kept, plant

import cpcalc
from cpcalc.__main__ import run
from cpcalc.report import json_result
from cpcalc.report.trust import as_data


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "kept"))
    monkeypatch.chdir(plant(tmp_path / "plant"))
    return tmp_path / "plant"


def test_importing_it_loads_nothing_else() -> None:
    script = "import sys, cpcalc; print([name for name in sys.modules if 'cpcalc' in name])"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "['cpcalc']\n"


def test_what_is_not_there_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="asess"):
        cpcalc.asess  # type: ignore[attr-defined]  # noqa: B018


def test_what_is_declared_is_there() -> None:
    declared = Path(cpcalc.__file__).with_name("__init__.pyi").read_text(encoding="utf-8")
    names = [line.rpartition(" ")[2] for line in declared.split("\n") if " as " in line]
    assert len(names) == 8
    assert all(callable(getattr(cpcalc, name)) for name in names)


def test_the_result_is_what_the_command_line_prints(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = cpcalc.assess(folder / "one.yaml")
    assert result.to_json() == cpcalc.assess(str(folder / "one.yaml")).to_json()
    printed = kept(folder, monkeypatch, "assess").read_text(encoding="utf-8")
    assert cpcalc.assess("one.yaml").to_json() == printed


def test_options_are_those_of_the_command(folder: Path) -> None:
    everything = cpcalc.assess("one.yaml")
    assert cpcalc.assess("one.yaml", status=["planned"]).totals.measures_counted == 0
    in_dollars = cpcalc.assess("one.yaml", currency="USD")
    assert in_dollars.basis.currency == "USD"
    assert cpcalc.assess("one.yaml", economics=True).sensitivity is not None
    assert everything.sensitivity is None


def test_rows_hold_every_figure_and_say_why_there_is_none(folder: Path) -> None:
    rows = {row["figure"]: row for row in cpcalc.assess("one.yaml").rows()}
    data = json.loads(cpcalc.assess("one.yaml").to_json())
    row = rows["measures.pumps.annual_saving"]
    assert (row["enterprise"], row["unit"]) == ("P-1", "VND/year")
    assert row["value"] == data["measures"][1]["annual_saving"]["value"]
    taps = rows["measures.taps.simple_payback"]
    assert (taps["value"], taps["because"]) == (None, "immediate")


def test_a_notebook_shows_the_page(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CPCALC_LANG", "vi")
    assert "hoàn vốn" in cpcalc.assess("one.yaml")._repr_html_().lower()
    monkeypatch.delenv("CPCALC_LANG")
    shown = cpcalc.assess("one.yaml")._repr_html_()
    assert shown.startswith("<iframe srcdoc=")
    assert "Payback" in shown
    assert "<script" not in shown


def test_a_file_with_errors_raises_them_all(folder: Path) -> None:
    (folder / "bad.yaml").write_text(PLANT.replace("8 200 VND/m3", "8 200 VND/kWh"))
    with pytest.raises(cpcalc.ProblemsError, match=r"bad\.yaml:\d+:\d+: error") as caught:
        cpcalc.assess("bad.yaml")
    assert [item.name for item in caught.value.diagnostics] == ["wrong-kind-of-unit"]
    with pytest.raises(cpcalc.ProblemsError, match="none"):
        cpcalc.assess("none.yaml")
    found = [item["file"] for item in cpcalc.check(folder) if item["severity"] == "error"]
    assert [Path(name).name for name in found] == ["bad.yaml"]


@pytest.mark.parametrize(
    "asked",
    [
        lambda: cpcalc.assess("none.yaml"),
        lambda: cpcalc.diff("none.yaml", "one.yaml"),
        lambda: cpcalc.diff("one.yaml", "bad.yaml"),
        lambda: cpcalc.verify("none.json"),
        lambda: cpcalc.verify("one.yaml"),
    ],
)
def test_whatever_cannot_be_done_is_one_error_with_its_problems(folder: Path, asked: Any) -> None:
    (folder / "bad.yaml").write_text(PLANT.replace("8 200 VND/m3", "8 200 VND/kWh"))
    with pytest.raises(cpcalc.ProblemsError, match="error") as caught:
        asked()
    assert caught.value.diagnostics


def test_why_is_the_tree_of_the_command(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = cpcalc.assess("one.yaml")
    assert run(["why", "one.yaml", "measures.taps.savings.water", "--lang", "vi"]) == 0
    assert cpcalc.why(result, "measures.taps.savings.water", "vi") + "\n" == capsys.readouterr().out
    assert cpcalc.why(result, "totals.npv").startswith("totals.npv = ")
    with pytest.raises(LookupError, match=r"totals\.annual_saving"):
        cpcalc.why(result, "totals.anual_saving")


def test_each_function_says_what_its_command_says(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "bad.yaml").write_text(PLANT.replace("8 200 VND/m3", "8 200 VND/kWh"))
    kept(folder, monkeypatch, "assess")
    changed = PLANT.replace("8 200 VND/m3", "9 000 VND/m3").replace("NUMBER", "1")
    (folder / "new.yaml").write_text(changed)

    def printed(*arguments: str) -> Any:
        run([*arguments, "--format", "json"])
        return json.loads(capsys.readouterr().out)

    assert cpcalc.check("bad.yaml") == printed("check", "bad.yaml")["files"][0]["diagnostics"]
    files = ["one.yaml", "two.yaml"]
    rows = printed("batch", *files)["assessments"]
    assert [row["file"] for row in rows] == [row.file for row in cpcalc.batch(files).rows]
    assert [row["figures"]["annual_saving"]["value"] for row in rows] == [
        row.row.figures["annual_saving"].value  # type: ignore[union-attr]
        for row in cpcalc.batch(files).rows
    ]
    assert as_data(cpcalc.verify("assess.json")) == printed("verify", "assess.json")
    difference = json_result.dumps(as_data(cpcalc.diff("one.yaml", "new.yaml")))
    assert json.loads(difference) == printed("diff", "one.yaml", "new.yaml")


def test_rows_are_a_table_for_other_programs(folder: Path) -> None:
    arrow = pytest.importorskip("pyarrow")
    table = arrow.Table.from_pylist(cpcalc.assess("one.yaml").rows())
    kinds = {name: str(table.schema.field(name).type) for name in table.column_names}
    text = dict.fromkeys(("enterprise", "figure", "unit", "because"), "string")
    assert kinds == {**text, "value": "double"}


class Fading(Executor):
    """An executor whose worker dies at the second file."""

    def __init__(self) -> None:
        self.count = 0

    def submit(self, work: Any, /, *arguments: Any, **more: Any) -> Future[Any]:
        from concurrent.futures import BrokenExecutor

        self.count += 1
        future: Future[Any] = Future()
        if self.count == 2:
            future.set_exception(BrokenExecutor())
        else:
            future.set_result(work(*arguments, **more))
        return future


@pytest.mark.parametrize("kind", [ThreadPoolExecutor, ProcessPoolExecutor, Fading])
def test_any_executor_gives_the_same_batch(kind: Any, tmp_path: Path) -> None:
    plant(tmp_path)
    os.environ["CPCALC_CACHE_DIR"] = str(tmp_path / f"kept-{kind.__name__}")
    try:
        with kind() if kind is Fading else kind(2) as executor:
            found = cpcalc.batch([tmp_path / "one.yaml", tmp_path / "two.yaml"], executor=executor)
    finally:
        del os.environ["CPCALC_CACHE_DIR"]
    alone = cpcalc.batch([tmp_path / "one.yaml", tmp_path / "two.yaml"])
    assert str(found.rows[1].figures) == str(alone.rows[1].figures)
    assert [row.file for row in found.rows] == ["one.yaml", "two.yaml"]
    assert found.from_cache == 0
