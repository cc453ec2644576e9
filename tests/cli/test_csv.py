"""CSV has the titles in the language asked for, and opens in Excel in the country of the language."""

from __future__ import annotations

import csv
import io
import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest

from cpcalc.__main__ import run

TEXT = """cpcalc: 1
enterprise: {id: T-1, name: {en: Lime kiln, vi: Lò vôi}}
data-status: draft
basis: {currency: VND}
measures:
  - {id: m1, title: {en: Lagging, vi: Bảo ôn}, benefits: {saves: 2 million VND/year, as: energy}}
"""


@pytest.mark.parametrize(
    ("language", "lagging", "kiln"), [("en", "Lagging", "Lime kiln"), ("vi", "Bảo ôn", "Lò vôi")]
)
def test_titles(
    language: str, lagging: str, kiln: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    path.write_text(TEXT, encoding="utf-8")
    run(["assess", str(path), "--format", "csv", "--lang", language])
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["title"] == lagging
    run(["batch", str(path), "--format", "csv", "--lang", language])
    assert next(csv.DictReader(io.StringIO(capsys.readouterr().out)))["name"] == kiln


# ---- for Excel -------------------------------------------------------------------------------------------------------

STREAMS = """
streams:
  heat: {kind: energy, name: "1.5; 2.5", quantity: 1 234.5 t/year, price: 0.5 million VND/t}
"""


def for_excel(path: Path, language: str, capsys: pytest.CaptureFixture[str]) -> str:
    effect = "effects: {stream: heat, reduce: 50 %}"
    path.write_text(
        TEXT.replace("benefits: {saves: 2 million VND/year, as: energy}", effect) + STREAMS, "utf-8"
    )
    assert run(["assess", str(path), "--csv", "excel", "--lang", language]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize(("language", "separator", "sign"), [("en", ",", "."), ("vi", ";", ",")])
def test_csv_for_excel_has_the_separator_and_the_decimals_of_the_language(
    language: str, separator: str, sign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = for_excel(tmp_path / "plant.yaml", language, capsys)
    assert written.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(written[1:]), delimiter=separator))
    stream = rows[-1]
    assert (stream["kind"], stream["id"], stream["title"]) == ("stream", "heat", "1.5; 2.5")
    assert (stream["unit"], stream["baseline"], stream["saving"]) == (
        "t/year", f"1234{sign}5", f"617{sign}25",
    )  # fmt: skip
    plain = list(csv.reader(io.StringIO(_plain(tmp_path, language, capsys))))
    excel = list(csv.reader(io.StringIO(written[1:]), delimiter=separator))
    assert [[cell.replace(",", ".") for cell in row] for row in excel] == [
        [cell.replace(",", ".") for cell in row] for row in plain
    ]


def _plain(folder: Path, language: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["assess", str(folder / "plant.yaml"), "--csv", "plain", "--lang", language]) == 0
    return capsys.readouterr().out


def test_csv_for_excel_replaces_its_own_file_and_excludes_other_formats(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, to = tmp_path / "plant.yaml", tmp_path / "out.csv"
    for_excel(path, "vi", capsys)
    for command in ("assess", "batch"):
        for _ in range(2):
            assert run([command, str(path), "--csv", "excel", "--lang", "vi", "-o", str(to)]) == 0
        assert to.read_bytes().startswith(b"\xef\xbb\xbf")
        to.unlink()
    assert run(["assess", str(path), "--csv", "excel", "--format", "json"]) == 2
    assert "--csv excel" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="needs LibreOffice")
def test_a_spreadsheet_in_vietnamese_reads_columns_and_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "out.csv").write_text(
        for_excel(tmp_path / "plant.yaml", "vi", capsys), "utf-8", newline=""
    )
    profile, vietnamese = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "1066"
    # parted by ;, texts in ", as UTF-8, from the first line on
    read_as = f"--infilter=CSV:59,34,76,1,,{vietnamese},false,true"
    command = ["soffice", profile, "--headless", "--convert-to", "xlsx", read_as]
    subprocess.run(
        [*command, "--outdir", str(tmp_path), str(tmp_path / "out.csv")],
        check=True,
        capture_output=True,
    )
    heads, *rows = openpyxl.load_workbook(tmp_path / "out.xlsx").active.iter_rows(values_only=True)
    stream = dict(zip(heads, rows[-1], strict=True))
    assert heads[0] == "enterprise"  # the mark of the bytes' order is no letter of it
    assert (stream["title"], stream["baseline"], stream["saving"]) == ("1.5; 2.5", 1234.5, 617.25)
    assert (
        next(row for row in rows if row[2] == "measure")[heads.index("annual_saving")]
        == 308_625_000
    )
