"""`factors show` in Vietnamese: what a factor depends on too; no key of a set is left."""

from __future__ import annotations

import pytest

from cpcalc.__main__ import run
from cpcalc.texts import conditions, words_of


@pytest.mark.parametrize(
    "factor", ["ipcc-2006/anthracite", "vn-grid/electricity", "ap-42/anthracite-stoker-pm"]
)
def test_no_key_of_a_set_is_left(factor: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["factors", "show", factor, "--lang", "vi"]) == 0
    page = " ".join(capsys.readouterr().out.split())
    said = [part.split(" Nguồn ")[0] for part in page.split(" Điều kiện ")[1:]]
    assert said
    words = {word.strip(",") for text in said for word in text.split()}
    assert not words & {
        *words_of("conditions", "en"),
        "combustion",
        "emitted",
        "generation",
        "world",
        "wet",
        "ncv",
        "combined-margin",
    }


def test_the_same_row_in_both_languages() -> None:
    row = {"basis": "ncv", "scope": 1, "biogenic": True, "geography": "VN", "value": "1 kg CO2/TJ"}
    assert list(conditions(row, "en")) == ["basis ncv", "scope 1", "biogenic True", "geography VN"]
    assert list(conditions(row, "vi")) == [
        "cơ sở nhiệt trị thấp",
        "phạm vi 1",
        "sinh khối có",
        "vùng VN",
    ]
