"""What the command line answers: exit codes, streams, files written in one piece, hostile names."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest

from cpcalc.__main__ import run

ROOT = Path(__file__).parent.parent.parent
GOOD = ROOT / "tests" / "casebook" / "good"
BAD = ROOT / "tests" / "casebook" / "bad"
MINIMAL = str(GOOD / "minimal.yaml")
HEAD = "cpcalc: 1\nnumbers: international\nenterprise: {id: a, name: A}\ndata-status: draft\n"
MONEY = (
    "measures:\n  - {id: m1, title: T, investment: 5 million VND,"
    " benefits: {saves: 10 million VND/year, as: water}}\n"
)

Said = tuple[int, str, str]
Runs = Callable[..., Said]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Runs:
    """Runs a command line in this process: (exit code, standard output, standard error)."""
    monkeypatch.delenv("CPCALC_LANG", raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def runs(*arguments: object) -> Said:
        code = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return runs


def in_a_process(
    *arguments: str, stdin: bytes = b"", environment: dict[str, str] | None = None
) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "cpcalc", *arguments],
        input=stdin,
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **(environment or {})},
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# ---- exit codes -----------------------------------------------------------------------------


def test_0_when_nothing_is_wrong(said: Runs) -> None:
    code, out, err = said("assess", MINIMAL)
    assert (code, err) == (0, "")
    assert "Small workshop" in out


def test_1_when_a_file_has_errors_and_what_is_wrong_goes_to_standard_error(said: Runs) -> None:
    code, out, err = said("assess", BAD / "units.yaml")
    assert (code, out) == (1, "")
    assert "error[refused-unit]" in err
    assert "help: write t (1000 kg) or short_ton (907 kg)" in err
    assert "units.yaml:11:37" in err


def test_1_for_warnings_only_under_strict(said: Runs, tmp_path: Path) -> None:
    plant = tmp_path / "plant.yaml"
    plant.write_text(
        HEAD + "waivers: {check: implied-price, because: b}\n" + MONEY, encoding="utf-8"
    )
    assert said("assess", plant)[0] == 0
    code, out, err = said("assess", "--strict", plant)
    assert code == 1
    assert "warning[unused-waiver]" in err
    assert "million VND" in out  # a result stands beside warnings


@pytest.mark.parametrize(
    "arguments",
    [
        ("assess",),
        ("assess", "--no-such-option", MINIMAL),
        ("assess", "--format", "pdf", MINIMAL),
        ("assess", "--status", "done", MINIMAL),
        ("assess", "--lang", "fr", MINIMAL),
        ("nothing-of-the-kind",),
        ("assess", "no-such-file.yaml"),
        ("assess", str(GOOD)),
        ("check", "no-such-folder"),
        ("assess", "--output", "no-such-folder/out.txt", MINIMAL),
        ("assess", "--currency", "XYZ", MINIMAL),
        ("batch", "--currency", "XYZ", MINIMAL),
        ("assess", "-", "-"),
        ("assess", "--measure", "no-such-measure", MINIMAL),
        ("assess", "--output", "plant.parquet", MINIMAL),
        ("assess", "--output", "plant.jsonl", MINIMAL),
        ("merge", "-"),
        ("import", "no-such-form.xlsx", "--output", "plant.yaml"),
        ("template", "no-such-folder/plant.xlsx"),
        ("template", "plant.ods"),
    ],
)
def test_2_when_the_job_could_not_be_done(said: Runs, arguments: tuple[str, ...]) -> None:
    code, _, err = said(*arguments)
    assert code == 2
    assert "Traceback" not in err
    assert "the system says" not in err
    assert err.strip()


def test_3_when_cpcalc_itself_fails_with_the_traceback_only_under_debug(
    said: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    import cpcalc.app.assess

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("made to fail")

    monkeypatch.setattr(cpcalc.app.assess, "calculate", broken)
    code, out, err = said("assess", MINIMAL)
    assert (code, out) == (3, "")
    assert "internal fault: ZeroDivisionError" in err
    assert "Traceback" not in err
    code, _, err = said("assess", "--debug", MINIMAL)
    assert code == 3
    assert "Traceback" in err


def test_help_and_version(said: Runs) -> None:
    assert said("--version")[:2] == (0, f"cpcalc {__import__('cpcalc').__version__}\n")
    code, out, _ = said("--help")
    assert code == 0
    for command in ("assess", "check", "new"):
        assert command in out


# ---- input and output -----------------------------------------------------------------------


def test_a_dash_reads_standard_input() -> None:
    code, out, err = in_a_process("assess", "-", stdin=Path(MINIMAL).read_bytes())
    assert (code, err) == (0, "")
    assert "Small workshop" in out
    code, out, err = in_a_process("assess", "-", stdin=b"cpcalc: 1\nmeasures: [")
    assert (code, out) == (1, "")
    assert err.startswith("error[yaml-unclosed-bracket]")
    assert "--> -:" in err


def test_output_is_written_in_one_piece_and_keeps_what_was_there_on_failure(
    said: Runs, tmp_path: Path
) -> None:
    target = tmp_path / "out.json"
    code, out, _ = said("assess", "--format", "json", "--output", target, MINIMAL)
    assert (code, out) == (0, "")
    assert json.loads(target.read_text(encoding="utf-8"))["enterprise"]["id"] == "C-13"
    before = target.read_bytes()
    assert said("assess", "--format", "json", "--output", target, BAD / "units.yaml")[0] == 1
    assert [path.name for path in tmp_path.iterdir()] == ["out.json"]
    assert (
        target.read_bytes() == before
        or json.loads(target.read_text())["schema"] == "cpcalc/failure/1"
    )


def test_several_files_give_several_summaries_and_their_sums(said: Runs) -> None:
    code, out, _ = said("assess", GOOD / "minimal.yaml", GOOD / "overlap.yaml")
    assert code == 0
    assert "C-13" in out
    assert "C-02" in out
    assert "All enterprises" in out
    code, out, _ = said("assess", "--format", "json", GOOD / "minimal.yaml", GOOD / "overlap.yaml")
    data = json.loads(out)
    assert data["schema"] == "cpcalc/results/1"
    sums = data["combined"]["by_currency"]["VND"]
    # 12 million + 788 million
    assert sums["annual_saving"]["value"] == pytest.approx(800e6, rel=1e-12)


def test_an_enterprise_given_twice_is_counted_once(said: Runs, tmp_path: Path) -> None:
    """As in a batch; both pages stand, and the later file has the error."""
    copy = tmp_path / "copy.yaml"
    copy.write_bytes(Path(MINIMAL).read_bytes())
    code, out, err = said("assess", MINIMAL, copy)
    assert code == 1
    assert out.count("Small workshop  (C-13)") == 2
    assert "Files with errors, not counted: 1" in out
    assert "error[enterprise-twice]: the enterprise `C-13` is already in" in err
    assert f"--> {copy}:4:7" in err
    code, out, _ = said("assess", "--format", "json", MINIMAL, copy)
    data = json.loads(out)
    assert (code, len(data["assessments"]), data["combined"]["assessments"]) == (1, 2, 1)
    assert data["combined"]["by_currency"]["VND"]["annual_saving"]["value"] == 12e6
    # one measure beside that of another version of the file is no sum
    assert said("assess", "--measure", "m1", MINIMAL, copy)[0] == 0
    other = tmp_path / "next.yaml"
    for year, file in ((2011, copy), (2012, other)):
        text = Path(MINIMAL).read_text(encoding="utf-8")
        file.write_text(f"{text}\nbasis: {{period: {year}}}\n", encoding="utf-8")
    assert said("assess", copy, other)[0] == 0


def test_a_bad_file_among_good_ones_does_not_hide_them(said: Runs) -> None:
    code, out, err = said("assess", MINIMAL, BAD / "units.yaml")
    assert code == 1
    assert "Small workshop" in out
    assert "refused-unit" in err


def test_status_recomputes_the_bundle(said: Runs) -> None:
    code, out, _ = said("assess", "--format", "json", "--status", "planned", GOOD / "order.yaml")
    data = json.loads(out)
    assert code == 0
    # only the plan (200 t of 1 000 t at 1 million VND/t); what excludes it stays outside
    assert data["totals"]["annual_saving"]["value"] == pytest.approx(200e6)
    assert data["streams"]["coal"]["after"]["value"] == pytest.approx(800)
    assert [item["id"] for item in data["measures"] if item["in_bundle"]] == ["plan"]


def test_currency_reports_in_another_one(said: Runs, tmp_path: Path) -> None:
    plant = tmp_path / "plant.yaml"
    usd = "{rate: 20 000 VND/USD, year: 2011, source: S}"
    rates = f"basis: {{currency: VND, exchange-rates: {{USD: {usd}}}}}\n"
    plant.write_text(HEAD + rates + MONEY, encoding="utf-8")
    code, out, _ = said("assess", "--format", "json", "--currency", "USD", plant)
    assert code == 0
    assert json.loads(out)["totals"]["annual_saving"] == {"value": 500.0, "unit": "USD/year"}


def test_vietnamese_throughout(said: Runs) -> None:
    code, out, _ = said("assess", "--full", "--lang", "vi", GOOD / "vietnamese.yaml")
    assert code == 0
    for word in ("Các giải pháp theo thứ tự", "Hoàn vốn", "Tổng", "BẢN NHÁP", "triệu"):
        assert word in out
    _, _, err = said("assess", "--lang", "vi", BAD / "units.yaml")
    assert "lỗi[refused-unit]" in err
    english = json.loads(said("assess", "--format", "json", GOOD / "vietnamese.yaml")[1])
    assert (
        json.loads(said("assess", "--format", "json", "--lang", "vi", GOOD / "vietnamese.yaml")[1])
        == english
    )


@pytest.mark.parametrize("environment", [{}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}])
def test_a_pipe_and_no_color_have_no_escapes_and_fit_80_columns(
    environment: dict[str, str],
) -> None:
    code, out, err = in_a_process("assess", str(GOOD / "money.yaml"), environment=environment)
    assert code == 0
    assert "\x1b" not in out + err
    assert max(map(len, out.split("\n"))) <= 80


@pytest.mark.parametrize("encoding", ["latin-1", "cp1258", "utf-16"])
@pytest.mark.parametrize("arguments", [("assess", "--help"), ("check", "no-such-file")])
def test_a_console_that_has_no_vietnamese_shows_it_as_escapes(
    arguments: tuple[str, ...], encoding: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "cpcalc", *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": encoding, "CPCALC_LANG": "vi"},
    )
    assert done.returncode == (0 if "--help" in arguments else 2)
    said = (done.stdout + done.stderr).decode(encoding)
    assert "\\u1ec7" in said or "ệ" in said
    assert "internal fault" not in said


def test_markdown_is_a_page(said: Runs) -> None:
    code, out, _ = said("assess", "--format", "markdown", GOOD / "overlap.yaml")
    assert code == 0
    assert out.startswith("# ")
    assert "| --- " in out.replace("---:", "--- ").replace("|---", "| --- ")


# ---- hostile names --------------------------------------------------------------------------

LONG = unicodedata.normalize("NFD", "Nhà máy chế biến thủy sản xuất khẩu Sóc Trăng " * 5)[:200]
NAMES = {
    "markup": "[red]Alarm[/red] [/] [bold",
    "control": "tab\there, line\nend",  # other control characters are refused
    "direction": "abc\u202eGNP.exe\u202c \u2066x\u2069 \u200fy",
    "long": LONG,
    "html": "<script>alert(1)</script> & \"quotes\" 'single'",
    "pipe": "a | b `code` *star* _line_ # head",
    "formula": "=HYPERLINK(\"http://x\")",
    "plus": "+1+1", "minus": "-2+3", "at": "@SUM(A1)", "tab-first": "\t=1",
    "surrogate-pair": "💥 🏭 é ệ",
    "braces": "{0} {name} %s %(x)s",
}  # fmt: skip


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    """An assessment whose enterprise and measures have hostile names."""
    lines = [
        "cpcalc: 1", "data-status: draft", "enterprise:", "  id: H",
        f"  name: {json.dumps(NAMES['markup'])}", "measures:",
    ]  # fmt: skip
    for key, name in NAMES.items():
        lines += [
            f"  - id: {key}",
            f"    title: {json.dumps(name, ensure_ascii='pair' in key)}".replace("\x7f", ""),
            "    investment: 5 million VND",
            "    benefits: {saves: 10 million VND/year, as: water}",
        ]
    path = tmp_path / "hostile.yaml"
    text = "\n".join(lines) + "\n"
    path.write_text(
        text.replace("\\ud83d\\udca5", "💥").replace("\\ud83c\\udfed", "🏭"), encoding="utf-8"
    )
    return path


def test_hostile_names_come_out_exactly_in_json(said: Runs, hostile: Path) -> None:
    code, out, err = said("assess", "--format", "json", hostile)
    assert (code, err) == (0, "")
    data = json.loads(out)
    assert data["enterprise"]["name"] == NAMES["markup"]
    assert {item["id"]: item["title"] for item in data["measures"]} == NAMES


DANGEROUS = "\x07\x08\x1b\r\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f"


@pytest.mark.parametrize("form", ["terminal", "markdown", "csv"])
@pytest.mark.parametrize("language", ["en", "vi"])
def test_hostile_names_are_harmless_everywhere_else(
    said: Runs, hostile: Path, form: str, language: str
) -> None:
    code, out, _ = said("assess", "--format", form, "--lang", language, hostile)
    assert code == 0
    if form != "csv":
        assert not set(out) & set(DANGEROUS)
    if form == "markdown":
        assert "<script>" not in out
    if form == "terminal":
        assert "[red]Alarm[/red]" in out


def test_csv_text_that_begins_like_a_formula_is_quoted(said: Runs, hostile: Path) -> None:
    _, out, _ = said("assess", "--format", "csv", hostile)
    rows = list(csv.reader(io.StringIO(out)))
    for row in rows:
        for cell in row:
            if cell[:1] in ("=", "+", "-", "@", "\t", "\r"):
                float(cell)  # only a number may begin so
    cells = {cell for row in rows for cell in row}
    assert '\'=HYPERLINK("http://x")' in cells
    assert "'@SUM(A1)" in cells


def test_hostile_names_of_files_and_keys_in_diagnostics(said: Runs, tmp_path: Path) -> None:
    plant = tmp_path / "[red]x.yaml"
    plant.write_text(
        HEAD + '"[/]\\u001b[31m": 1\nmeasures:\n  - {id: m, title: "\\u202ex", typo: 1}\n',
        encoding="utf-8",
    )
    code, out, err = said("assess", plant)
    assert code == 1
    assert not set(out + err) & set(DANGEROUS)
    assert "[red]x.yaml" in err
