"""Whatever stands in a factor set, its check answers with placed diagnostics and never with an exception."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from released_sets import FILES

from cpcalc.app.locate import placed
from cpcalc.app.sets import check_factor_set
from cpcalc.source.reader import read

# The smaller sets hold every section between them.
SMALL = {"ipcc-wastewater-2019", "vn-grid", "emep-eea", "fuel-properties", "cpi-vn", "water-energy"}
TEXTS = {path.parent.name: path.read_text(encoding="utf-8") for path in FILES}
VALUE = re.compile(r"(?<=[:,\[{] )[^{}\[\],\n#]+")
STRANGE = st.sampled_from(
    ["", "[]", "{}", "~", "true", "-1 t", "0", "0 %", "nan", "1e400 kg", "99999999999999999999", '"', "[[]]", "{a: {}}",
     "2024-02-30", "kg CO2/TJ", "5 %", "1 kg TSP/t", "[1, 2]", "- x", "*a", "&a x", "ash", "wet", "CO2"]
)  # fmt: skip


def check(text: str) -> None:
    document = read(text.encode("utf-8", "surrogatepass"), "emission_factors/any/1.yaml")
    _, problems = check_factor_set(document)
    for item in placed(problems, document):
        assert item.code.startswith("CP")
        assert item.span is not None


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_good_set_with_a_value_exchanged(data: st.DataObject) -> None:
    text = TEXTS[data.draw(st.sampled_from(sorted(SMALL)))]
    matches = list(VALUE.finditer(text))
    match = matches[data.draw(st.integers(0, len(matches) - 1))]
    check(text[: match.start()] + data.draw(STRANGE) + text[match.end() :])


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_a_good_set_with_a_line_missing_or_twice(data: st.DataObject) -> None:
    lines = TEXTS[data.draw(st.sampled_from(sorted(SMALL)))].split("\n")
    position = data.draw(st.integers(0, len(lines) - 1))
    check(
        "\n".join(
            [
                *lines[:position],
                *lines[position : position + 1] * data.draw(st.sampled_from([0, 2])),
                *lines[position + 1 :],
            ]
        )
    )


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    check(f"factor-set: any\n{text}")


@pytest.mark.parametrize(
    "section", ["factors", "gwps", "controls", "fuels", "loads", "series", "benchmarks", "prices"]
)
@pytest.mark.parametrize(
    "entries",
    ["", "~", "x", "{}", "[]", "[~]", "[x]", "[{}]", "[[]]", "[{id: []}]", "[{emits: x}]"],
)
def test_a_section_of_a_strange_shape(section: str, entries: str) -> None:
    check(f"factor-set: any\nversion: 1\ntitle: T\nsource: {{title: S}}\n{section}: {entries}\n")
