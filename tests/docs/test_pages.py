"""The pages of docs/: examples are checked files, links lead somewhere, generated pages know every key and formula."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cpcalc.app.assess import Options, assess

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
# A page that shows mistakes shows them in a file whose name says so.
EXAMPLE = re.compile(
    r"^```yaml(?! file=(?:slip|bad)\S*\n)[^\n]*\n(cpcalc: 1\n.*?)^```", re.MULTILINE | re.DOTALL
)
EXAMPLES = [
    pytest.param(found.group(1), id=f"{page.name}-{number}")
    for page in PAGES
    for number, found in enumerate(EXAMPLE.finditer(page.read_text(encoding="utf-8")), start=1)
]
LINK = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")


@pytest.mark.parametrize("text", EXAMPLES)
def test_every_whole_example_of_the_docs_has_a_result_without_warnings(text: str) -> None:
    outcome = assess(text.encode(), str(ROOT / "example.yaml"), Options())
    assert [
        (item.name, item.span) for item in outcome.diagnostics if item.severity != "notice"
    ] == []
    assert outcome.result is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_the_page_of_methods_has_every_formula() -> None:
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    for path in sorted((ROOT / "src" / "cpcalc" / "calc").glob("*.py")):
        for symbol in re.findall(r"symbol=\"([^\"]+)\"", path.read_text(encoding="utf-8")):
            assert f"### {symbol} `" in text, symbol
