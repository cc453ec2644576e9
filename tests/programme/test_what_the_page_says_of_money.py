"""What a page of several enterprises says of its sums of money: at whose rates, and of which years."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run

PROGRAMME = str(Path(__file__).parents[2] / "assessments" / "vpeg" / "programme.yaml")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "5 of the files convert USD at another rate (18 613 (2010)"),
        ("vi", "5 tệp quy đổi USD theo tỷ giá khác"),
    ],
)
def test_rates_that_differ(language: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["programme", PROGRAMME, "--lang", language])
    assert said in " ".join(capsys.readouterr().out.split())


PLANT = """cpcalc: 1
enterprise: {{id: {name}, name: Plant {name}}}
data-status: draft
basis: {{period: {period}, currency: VND}}
measures:
  - {{id: m1, title: Lamps, investment: 9 million VND, benefits: {{saves: 5 million VND/year, as: energy}}}}
"""
DOLLARS = """cpcalc: 1
enterprise: {id: c, name: Plant c}
data-status: draft
basis: {period: 2011, currency: USD}
streams: {coal: {kind: energy, quantity: 100 t/year}}
measures:
  - {id: m1, title: Lamps, investment: 9 USD, benefits: {saves: 5 USD/year, as: energy}}
  - {id: m2, title: Lagging, investment: 9 USD, effects: {stream: coal, reduce: 5 %}}
"""
FACE_VALUES = "sums of money are face values of the years 2011 to 2013"


@pytest.mark.parametrize(
    ("second", "is_said"),
    [
        ("2013", True),
        ("{from: 2012-07-01, to: 2013-06-30}", True),
        ("2011", False),
        ("{from: 2011-01-01, to: 2011-12-31}", False),
    ],
)
@pytest.mark.parametrize("command", ["programme", "batch", "assess"])
def test_money_of_several_years_is_said_to_be_face_values(
    command: str, second: str, *, is_said: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / f"{name}.yaml" for name in ("a", "b")]
    for file, period in zip(files, ("2011", second), strict=True):
        file.write_text(PLANT.format(name=file.stem, period=period), encoding="utf-8")
    programme = tmp_path / "all" / "programme.yaml"
    programme.parent.mkdir()
    programme.write_text(
        "cpcalc-programme: 1\nid: p\nname: P\ncurrency: VND\nenterprises: [../a.yaml, ../b.yaml]\n"
        "baseline-periods: {from: 2010, to: 2014}\n",
        encoding="utf-8",
    )
    of = {"programme": [str(programme)], "batch": [str(tmp_path), "--no-cache"]}
    run([command, *of.get(command, list(map(str, files)))])
    assert (FACE_VALUES in " ".join(capsys.readouterr().out.split())) == is_said


def test_a_sum_of_known_parts_is_marked_in_each_of_several_currencies(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").write_text(PLANT.format(name="a", period=2011), encoding="utf-8")
    (tmp_path / "c.yaml").write_text(DOLLARS, encoding="utf-8")
    run(["batch", str(tmp_path), "--no-cache"])
    page = capsys.readouterr().out
    savings = [line.split() for line in page.splitlines() if line.startswith("Annual saving")]
    assert [words[2:4] for words in savings] == [["5.00*", "USD"], ["5.00", "million"]]
    assert "missing:" not in page
    assert "cpcalc assess FILE" in page
