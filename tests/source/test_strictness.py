"""The closer look at what libyaml lets pass: parts on one line are left out only where nothing could be found."""

from __future__ import annotations

from pathlib import Path

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from cpcalc.source.reader import _Composer
from cpcalc.source.strictness import has_glued_marks, refused_leniencies

ROOT = Path(__file__).parents[2]
LINES = (
    "a: 1", "b: {x: 1,", "  y: 2}", "}", "c: 'one", "  two'", "two'", 'd: "three', '  four"', "e: [1,", "2]", "  - 3]",
    "f: |", "    text", "      ", "   ", "  text", "g:", "  - h: 1", "    i: {j:", "  k}", "      l}", "- m", "? n",
    ": o", "p: >-", "  {q: 1}", "", "# r", "s: t # u", "  v: 'w' # x",
)  # fmt: skip


def looks(text: str) -> tuple[list[str], list[str]] | None:
    """What the whole look finds and what the short one does; nothing where the text cannot be read at all."""
    try:
        root = _Composer(text + "\n").get_single_node()
    except yaml.YAMLError:
        return None
    if root is None:
        return None
    whole, short = (
        list(map(str, refused_leniencies(root, text, on_one_line=way))) for way in (True, False)
    )
    return whole, short


def test_the_short_look_finds_all_in_every_file_without_glued_marks() -> None:
    for path in (*ROOT.glob("tests/casebook/*/*.yaml"), *ROOT.glob("assessments/**/*.yaml")):
        text = path.read_bytes().decode("utf-8", "replace")
        both = None if has_glued_marks(text) else looks(text)
        if both is not None:
            assert both[0] == both[1], path


def test_both_looks_find_what_stands_too_far_left() -> None:
    for text in ("a:\n  b: 'one\n  two'", "a:\n  b: {x: 1,\n y: 2}"):
        whole, short = looks(text) or ([], [])
        assert len(whole) == 1, text
        assert whole == short


@settings(max_examples=300)
@given(st.lists(st.sampled_from(LINES), min_size=1, max_size=9).map("\n".join))
def test_the_short_look_finds_all_in_any_text(text: str) -> None:
    both = None if has_glued_marks(text) else looks(text)
    assert both is None or both[0] == both[1]
