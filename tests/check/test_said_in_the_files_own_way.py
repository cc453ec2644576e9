"""Problems said once for a factor, and numbers proposed as the file writes numbers."""

from __future__ import annotations

from pathlib import Path

import pytest

from cpcalc.__main__ import run

HEAD = "cpcalc: 1\nenterprise: {id: T-1, name: Test}\ndata-status: draft\n"


@pytest.mark.parametrize(
    ("style", "written", "proposed"),
    [
        ("international", "1,5 t/year", "1.5 t/year"),
        ("international", "12,3456 t/year", "12.3456 t/year"),
        ("international", "1,500 t/year", "1,500 t/year"),  # thousands
        ("international", "1,234,567 t/year", "1,234,567 t/year"),
        ("vietnamese", "1,5 t/year", "1,5 t/year"),
        ("vietnamese", "1,234,567 t/year", "1.234.567 t/year"),
    ],
)
def test_a_value_cut_by_a_comma(
    style: str, written: str, proposed: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    text = f"{HEAD}numbers: {style}\nbasis: {{currency: VND}}\nstreams:\n  coal: {{kind: energy, quantity: {{}}}}\n"
    path.write_text(text.replace("{}", written), encoding="utf-8")
    assert run(["check", str(path)]) == 1
    page = capsys.readouterr()
    assert f'quantity: "{proposed}"' in page.out + page.err
    # What is proposed can be typed as it stands.
    path.write_text(text.replace("{}", f'"{proposed}"'), encoding="utf-8")
    assert run(["check", str(path)]) == 0


def test_an_unstated_heat_content_once_for_all_gases(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "plant.yaml"
    basis = "basis: {currency: VND, factor-sets: [ipcc-2006@1, ipcc-gwp@1], gwp: AR5-100}\n"
    gas = "streams:\n  gas: {kind: energy, quantity: 1000 GJ/year, emission-factors: [ipcc-2006/natural-gas]}\n"
    path.write_text(HEAD + basis + gas, encoding="utf-8")
    assert run(["check", str(path)]) == 0
    page = capsys.readouterr()
    said = page.out + page.err
    assert said.count("[heat-basis-unstated]") == 1
    assert "`ipcc-2006@1/natural-gas` is on ncv" in said
