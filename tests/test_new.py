"""`cpcalc new`: the file it makes passes its own check, in both languages, whatever a name holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess_file
from cpcalc.app.new import id_from, problem_with
from cpcalc.report.new_file import Answers, new_file


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    "name", ['Nhà máy "A: B" #2', "- [red] {x}", "null", "Tab\there", "C:\\path", "=1+1", "Ng" * 60]
)
def test_the_file_passes_check_whatever_the_name(tmp_path: Path, language: str, name: str) -> None:
    file = tmp_path / "plant.yaml"
    assert (
        run(["new", str(file), "--name", name, "--lang", language, "--no-ask", "--year", "2025"])
        == 0
    )
    outcome = assess_file(str(file), Options())
    assert outcome.diagnostics == ()
    assert outcome.result is not None
    assert outcome.result.enterprise["name"] == {"": name}
    assert run(["check", "--strict", str(file)]) == 0


def uncommented(text: str) -> str:
    """The file with its examples in force."""
    lines = []
    for line in text.split("\n"):
        bare = (
            line.removeprefix("# ")
            if line.startswith(("# streams:", "# measures:", "# products:"))
            else line
        )
        lines.append(" " + bare[1:] if bare.startswith(("#   - ", "#     ", "#   ")) else bare)
    return "\n".join(lines)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_examples_in_the_comments_work_when_uncommented(tmp_path: Path, language: str) -> None:
    answers = Answers("a", "A", None, None, "VN", 2025, "VND", ["ipcc-2006@1"])
    text = uncommented(new_file(answers, "plant.yaml", language)).replace("  gwp: AR5-100", "")
    file = tmp_path / "plant.yaml"
    file.write_text(text, encoding="utf-8")
    outcome = assess_file(str(file), Options())
    assert [
        diagnostic for diagnostic in outcome.diagnostics if diagnostic.severity == "error"
    ] == []
    assert outcome.result is not None
    assert [measure.id for measure in outcome.result.measures] == ["m2", "m3", "m4"]
    assert outcome.result.totals.savings.keys() == {"energy", "material"}


def test_an_existing_file_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "plant.yaml"
    file.write_text("mine")
    assert run(["new", str(file), "--no-ask"]) == 2
    assert file.read_text() == "mine"


def test_amounts_typed_in_answer_to_a_question_are_read_at_once() -> None:
    assert problem_with("", "money", "international") is None
    assert problem_with("40 million VND", "money", "international") is None
    missing = problem_with("900", "any", "international")
    assert missing is not None
    assert missing.name == "unit-missing"
    wrong = problem_with("900 t", "money", "international")
    assert wrong is not None
    assert wrong.name == "wrong-kind-of-unit"


def test_questions_fill_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = iter(["Paper mill", "paper", "", "2025", "1 200 000 kWh/year", "2 000 VND/kWh", "coal", "900",
                    "900 t/year", "3 million VND/t", "Insulation", "40 million VND",
                    "25.5 million VND/year"])  # fmt: skip
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    file = tmp_path / "plant.yaml"
    assert run(["new", str(file), "--ask"]) == 0
    outcome = assess_file(str(file), Options())
    assert outcome.result is not None
    assert {stream.id for stream in outcome.result.streams} == {"electricity", "coal"}
    payback = outcome.result.totals.simple_payback
    assert getattr(payback, "value", None) == pytest.approx(40 / 25.5)


def test_an_id_is_made_from_the_name_of_the_file() -> None:
    assert id_from("a/b/HD-02 cement.yaml") == "HD-02-cement"
    assert id_from("***.yaml") == "enterprise"
