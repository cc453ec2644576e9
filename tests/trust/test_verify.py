"""`verify`: a result still holds, or was edited, or rests on another file, factor set or version."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kept_results import COMMANDS, SET, kept, plant
from law_settings import examples

from cpcalc.__main__ import run
from cpcalc.app.verify import verify
from cpcalc.report.trust import Verified

DIGIT = re.compile("[0-9]")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plant with the results of all commands."""
    folder = plant(tmp_path_factory.mktemp("plant"))
    with pytest.MonkeyPatch.context() as patch:
        for command in COMMANDS:
            kept(folder, patch, command)
    return folder


def kinds(verified: Verified) -> set[str]:
    return {cause.kind for cause in verified.causes}


def another_digit(text: str, number: int) -> tuple[str, int]:
    """The text with one of its digits another, and the line of this one."""
    places = [match.start() for match in DIGIT.finditer(text)]
    place = places[number % len(places)]
    digit = str((int(text[place]) + 1 + number % 9) % 10)
    line = text.count("\n", 0, place) + 1
    return text[:place] + digit + text[place + 1 :], line


def named_lines(verified: Verified) -> set[int]:
    """The lines of the inputs that can have changed figures."""
    texts = [text for item in verified.changed for text in item.inputs]
    return {int(match[1]) for match in map(re.compile(r"yaml:(\d+):").search, texts) if match}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_result_holds_as_long_as_nothing_changes(files: Path, command: str) -> None:
    verified = verify(str(files / f"{command}.json"))
    assert verified.holds
    assert (verified.causes, verified.changed) == ((), ())


@pytest.mark.parametrize("command", COMMANDS)
@given(number=st.integers(0, 10**9))
@examples(15)
def test_any_digit_of_a_result_that_is_edited_is_caught_and_named(
    files: Path, command: str, number: int
) -> None:
    text = (files / f"{command}.json").read_text()
    edited = files / "edited.json"
    other, line = another_digit(text, number)
    edited.write_text(other)
    verified = verify(str(edited))
    assert not verified.holds
    assert "edited" in kinds(verified)
    places = [item.place for item in verified.changed]
    keys = edited_keys(text, other)
    if "passed_over" in keys:  # files that a batch does not name: only its checksum tells
        return
    assert any(
        f"line {line} " in f"{place} "
        or place in other.split("\n")[line - 1]
        or any(key in place for key in keys)
        for place in places
    )


def edited_keys(text: str, other: str) -> set[str]:
    """The keys over the one value that two JSON texts do not share."""
    try:
        one, two = json.loads(text), json.loads(other)
    except ValueError:
        return set()
    keys: set[str] = set()
    while isinstance(one, dict | list) and isinstance(two, dict | list) and one != two:
        pairs = (part.items() if isinstance(part, dict) else enumerate(part) for part in (one, two))
        (key, one), (other_key, two) = next(
            pair for pair in zip(*pairs, strict=True) if pair[0] != pair[1]
        )
        keys |= {str(key), str(other_key)} - {"value"}
    return keys


@pytest.mark.parametrize("command", COMMANDS)
@given(number=st.integers(0, 10**9))
@examples(5)
def test_any_digit_of_an_input_that_changes_is_caught_and_named(
    files: Path, command: str, number: int
) -> None:
    file = files / "one.yaml"
    text = file.read_text()
    try:
        other, line = another_digit(text, number)
        file.write_text(other)
        verified = verify(str(files / f"{command}.json"))
    finally:
        file.write_text(text)
    assert [(c.kind, Path(c.name).name) for c in verified.causes] == [("input", "one.yaml")]
    assert not named_lines(verified) or line in named_lines(verified)


@pytest.mark.parametrize("command", COMMANDS)
@given(number=st.integers(0, 10**9))
@examples(5)
def test_any_digit_of_a_factor_set_that_changes_is_caught_and_named(
    files: Path, command: str, number: int
) -> None:
    file = files / "emission_factors" / "own" / "1.yaml"
    try:
        file.write_text(another_digit(SET, number)[0])
        verified = verify(str(files / f"{command}.json"))
    finally:
        file.write_text(SET)
    assert [(cause.kind, cause.name) for cause in verified.causes] == [("factor-set", "own@1")]


def test_an_edited_figure_is_named_with_both_values(files: Path) -> None:
    data = json.loads((files / "assess.json").read_text())
    value = data["measures"][1]["annual_saving"]["value"]
    text = (files / "assess.json").read_text().replace(str(value), "1.5")
    edited = files / "edited.json"
    edited.write_text(text)
    found = {item.place: item for item in verify(str(edited)).changed}
    item = found["measures.pumps.annual_saving"]
    assert (item.said["value"], item.now["value"]) == (1.5, value)
    assert [cause.kind for cause in item.causes] == ["edited"]


def test_an_edited_figure_is_found_without_its_seal_too(files: Path) -> None:
    text = (files / "assess.json").read_text()
    value = str(json.loads(text)["totals"]["annual_saving"]["value"])
    unsealed = text.replace(value, "231000001.0").rpartition(',\n"checksum"')[0] + "\n}\n"
    edited = files / "edited.json"
    edited.write_text(unsealed)
    changed = verify(str(edited)).changed
    assert changed
    assert {cause.kind for item in changed for cause in item.causes} == {"edited"}


def test_a_figure_is_traced_to_the_first_that_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "assess")
    file = tmp_path / "one.yaml"
    file.write_text(file.read_text().replace("60 000 m3", "66 000 m3"))
    found = {item.place: item for item in verify(str(result)).changed}
    assert found["streams.water.baseline"].first == ""
    assert found["measures.taps.annual_saving"].first == "streams.water.baseline"
    assert found["totals.simple_payback"].first == "streams.water.baseline"
    assert not any("electricity" in place or "lamps" in place for place in found)


def test_the_input_that_changed_is_named_with_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "assess")
    file = tmp_path / "one.yaml"
    file.write_text(file.read_text().replace("8 200 VND/m3", "8 400 VND/m3"))
    line = file.read_text()[: file.read_text().index("8 400")].count("\n") + 1
    changed = {item.place: item for item in verify(str(result)).changed}
    (text,) = changed["totals.annual_saving"].inputs
    assert text.startswith(f"8 400 VND/m3 (one.yaml:{line}:")
    assert run(["verify", str(result)]) == 1
    page = capsys.readouterr().out
    assert "look first at 8 400 VND/m3 (one.yaml:" in page
    assert "{" not in page


def test_what_is_looked_at_first_is_a_value_of_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "assess")
    file = tmp_path / "one.yaml"  # two measures share what this price is of
    file.write_text(file.read_text().replace("1 900 VND/kWh", "1 950 VND/kWh"))
    named = {text for item in verify(str(result)).changed for text in item.inputs}
    assert named
    assert all(re.search(r"\(one\.yaml:\d+:\d+\)$|@\d+/", text) for text in named), named


def test_an_edited_hash_is_no_changed_input(files: Path) -> None:
    text = (files / "assess.json").read_text()
    sha256 = json.loads(text)["provenance"]["sha256"]
    other = ("1" if sha256[0] == "0" else "0") + sha256[1:]
    edited = files / "edited.json"
    edited.write_text(text.replace(sha256, other))
    verified = verify(str(edited))
    assert kinds(verified) == {"edited"}
    assert [item.place for item in verified.changed] == ["provenance.sha256"]


def test_an_enterprise_that_fails_now_is_put_down_to_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "batch")
    file = tmp_path / "two.yaml"
    file.write_text(file.read_text().replace("8 200 VND/m3", "8 200 VND/kWh"))
    found = {item.place: item.causes for item in verify(str(result)).changed}
    assert [cause.name for cause in found["assessments.two.yaml"]] == ["two.yaml"]
    assert run(["verify", str(result)]) == 1
    assert "{" not in capsys.readouterr().out


def test_a_programme_that_is_refused_now_is_put_down_to_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "programme")
    file = tmp_path / "programme.yaml"
    file.write_text(file.read_text().replace("two.yaml", "three.yaml"))
    verified = verify(str(result))
    assert not verified.holds
    assert kinds(verified) == {"input"}


def test_only_what_rests_on_a_changed_set_is_said_to_come_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "assess")
    path = tmp_path / "emission_factors" / "own" / "1.yaml"
    path.write_text(SET.replace("0.55", "0.66"))
    changed = verify(str(result)).changed
    assert {cause.kind for item in changed for cause in item.causes} == {"factor-set"}
    places = {item.place for item in changed}
    assert "totals.reductions.co2" in places
    assert not any("saving" in place or "payback" in place for place in places)


def test_another_version_is_told_from_an_edit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cpcalc.__version__", "0.0.9")
    result = kept(plant(tmp_path), monkeypatch, "assess")
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    verified = verify(str(result))
    assert [(c.kind, c.said) for c in verified.causes] == [("version", "0.0.9")]
    assert verified.holds


def test_a_row_is_changed_by_its_own_file_and_a_total_by_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "programme")
    for name in ("one", "two"):
        file = tmp_path / f"{name}.yaml"
        file.write_text(file.read_text().replace("60 000 m3", "66 000 m3"))
    found = {item.place: item.causes for item in verify(str(result)).changed}
    row = found["enterprises.two.yaml.figures.annual_saving"]
    assert [cause.name for cause in row] == ["two.yaml"]
    assert [cause.name for cause in found["totals.figures.annual_saving"]] == [
        "one.yaml",
        "two.yaml",
    ]


def test_files_are_found_beside_the_result_or_where_they_are_said_to_be(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "data").mkdir()
    result = kept(plant(tmp_path / "data"), monkeypatch, "assess")
    monkeypatch.chdir(tmp_path)
    assert run(["verify", str(result)]) == 0
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(result, moved / "result.json")
    assert run(["verify", "elsewhere/result.json"]) == 2
    assert "--files" in capsys.readouterr().err
    assert run(["verify", "elsewhere/result.json", "--files", "data"]) == 0
    assert run(["verify", "elsewhere/result.json", "--files", "data/one.yaml"]) == 0


def test_a_file_that_failed_and_was_mended_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = plant(tmp_path) / "two.yaml"
    good = file.read_text()
    file.write_text(good.replace("8 200 VND/m3", "8 200 VND/kWh"))
    monkeypatch.chdir(tmp_path)
    for command in ("two", "batch"):
        result = tmp_path / f"{command}.json"
        arguments = [*COMMANDS[command], "--format", "json", "--output", str(result)]
        assert run(arguments) == 1
        assert verify(str(result)).holds
        file.write_text(good)
        verified = verify(str(result))
        assert not verified.holds
        assert [(cause.kind, cause.name) for cause in verified.causes] == [("input", "two.yaml")]
        file.write_text(good.replace("8 200 VND/m3", "8 200 VND/kWh"))


def test_it_is_said_in_both_languages_and_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    result = kept(plant(tmp_path), monkeypatch, "assess")
    file = tmp_path / "one.yaml"
    file.write_text(file.read_text().replace("60 000 m3", "66 000 m3"))
    assert run(["verify", str(result)]) == 1
    page = capsys.readouterr().out
    assert "changed input one.yaml" in page
    assert "it begins at streams.water.baseline" in page
    assert run(["verify", str(result), "--lang", "vi"]) == 1
    assert "tệp đầu vào đã đổi one.yaml" in capsys.readouterr().out
    assert run(["verify", str(result), "--format", "json"]) == 1
    data = json.loads(capsys.readouterr().out)
    assert (data["schema"], data["holds"]) == ("cpcalc/verify/1", False)
    assert data["changed"][0]["at"] == "streams.water.baseline"


@pytest.mark.parametrize("key", ["cpcalc", "sha256", "factor_sets"])
@pytest.mark.parametrize("value", [5, 1e308, None, [1], {"a": [1]}, "../../x@1"])
def test_whatever_a_result_says_it_rests_on_is_no_fault_of_the_program(
    files: Path, key: str, value: object, capsys: pytest.CaptureFixture[str]
) -> None:
    said = json.loads((files / "assess.json").read_text())
    said["provenance"][key] = {"own@1": value} if key == "factor_sets" else value
    edited = files / "edited.json"
    edited.write_text(json.dumps(said))
    assert run(["verify", str(edited)]) in (0, 1)
    assert "edited.json" in capsys.readouterr().out


def test_a_result_that_is_not_there_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in (str(tmp_path / "none.json"), str(tmp_path)):
        assert run(["verify", name]) == 2
        assert f"`{name}` cannot be verified" in capsys.readouterr().err


@pytest.mark.skipif(not os.path.exists("/dev/zero"), reason="has no such device")
@pytest.mark.parametrize("command", ["verify", "merge", "diff"])
def test_what_has_no_end_is_not_waited_for(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([command, *["/dev/zero"] * (2 if command == "diff" else 1)]) == 2
    assert "it is not a regular file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[1]",
        "{}",
        '{"schema": "cpcalc/check/1"}',
        "cpcalc: 1\n",
        '{"schema": "\xe9"}',
        pytest.param("[" * 100_000, id="deep"),
    ],
)
def test_what_is_no_result_is_refused(
    tmp_path: Path, text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "result.json"
    file.write_text(text, encoding="latin-1")
    assert run(["verify", str(file)]) == 2
    assert "--format json" in capsys.readouterr().err
