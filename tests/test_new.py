"""`cpcalc new`: the file it makes passes its own check, in both languages, whatever a name holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.app.assess import Options, assess_file


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
            if line.startswith(("# streams:", "# measures:", "# products:", "# report:"))
            else line
        )
        lines.append(" " + bare[1:] if bare.startswith(("#   - ", "#     ", "#   ")) else bare)
    return "\n".join(lines)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_examples_in_the_comments_work_when_uncommented(tmp_path: Path, language: str) -> None:
    file = tmp_path / "plant.yaml"
    assert run(["new", str(file), "--year", "2025", "--lang", language, "--no-ask"]) == 0
    file.write_text(uncommented(file.read_text(encoding="utf-8")), encoding="utf-8")
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


def test_questions_fill_the_file_and_what_cannot_be_read_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answers = iter(["Paper mill", "paper", "", "2025", "1 200 000 kWh/year", "2 000 VND/kWh", "coal", "900",
                    "900 t/year", "3 million VND/t", "Insulation", "900 t",
                    "40 million VND", "25.5 million VND/year"])  # fmt: skip
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(answers))
    file = tmp_path / "plant.yaml"
    assert run(["new", str(file), "--ask"]) == 0
    refused = "".join(capsys.readouterr())
    assert "such as 12 500 kWh/year" in refused
    assert "expected an amount of money, found `900 t`" in refused
    outcome = assess_file(str(file), Options())
    assert outcome.result is not None
    assert {stream.id for stream in outcome.result.streams} == {"electricity", "coal"}
    payback = outcome.result.totals.simple_payback
    assert getattr(payback, "value", None) == pytest.approx(40 / 25.5)


@pytest.mark.parametrize(
    ("name", "expected"), [("HD-02 cement.yaml", "HD-02-cement"), ("***.yaml", "enterprise")]
)
def test_an_id_is_made_from_the_name_of_the_file(tmp_path: Path, name: str, expected: str) -> None:
    assert run(["new", str(tmp_path / name), "--no-ask"]) == 0
    assert f"id: {expected}\n" in (tmp_path / name).read_text(encoding="utf-8")
