"""The pages of docs/: examples are checked files, links lead somewhere, generated pages know every key and formula."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from cpcalc.app.assess import Options, assess
from cpcalc.schema import Model, diagnostics_of, kebab, leaves
from cpcalc.schema.assessment import Assessment, Stream
from cpcalc.schema.leaves import Reading
from cpcalc.source.reader import Text, read

ROOT = Path(__file__).parent.parent.parent
PAGES = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").glob("*.md"))]
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


# ---- fragments: a part of a file is right where it belongs --------------------------------------

FRAGMENT = re.compile(
    r"^```yaml(?![^\n]*file=)[^\n]*\n(?!cpcalc: 1\n|repos:|jobs:|# yaml-language)(.*?)^```",
    re.M | re.S,
)
INLINE = re.compile(r"`(\{(?!\")[^`]*\})`")  # what begins with a quote is JSON
HEAD = "cpcalc: 1\nnumbers: international\nenterprise: {id: a, name: A}\ndata-status: draft\n"
FRAGMENTS = [
    pytest.param(found.group(1), id=f"{page.name}-{number}")
    for page in PAGES
    for number, found in enumerate(FRAGMENT.finditer(page.read_text(encoding="utf-8")), start=1)
]
MODELS = Model.__subclasses__()
# Written out by a program, with its gaps; and what stands for something: `{en: ..., vi: ...}`.
OF_A_PROGRAM = {"diagnostics.md", "methods.md", "cli.md", "decisions.md", "architecture.md"}
PARTS = [
    pytest.param(text, id=f"{page.name}-{text[:40]}")
    for page in PAGES
    if page.name not in OF_A_PROGRAM
    for text in dict.fromkeys(
        INLINE.findall(" ".join(page.read_text(encoding="utf-8").split("\n")))
    )
    if "..." not in text
]


def of_shape(tree: object, model: type[Model]) -> list[str]:
    """What is wrong with the shape of a part of a file."""
    try:
        model.model_validate(tree, context=Reading("international"))
    except ValidationError as error:
        return [f"{item.name} {item.path}" for item in diagnostics_of(error, tree, model)]
    return []


@pytest.mark.parametrize("text", FRAGMENTS)
def test_a_fragment_of_the_docs_has_the_shape_of_its_place(text: str) -> None:
    """It begins with a key of the whole file, with a key of a stream, or with the id of a stream."""
    first = text.partition(":")[0].strip()
    tree = read(text.encode(), "").tree
    if first in {kebab(name) for name in Assessment.model_fields}:
        whole = {**read(HEAD.encode(), "").tree, **tree}
        assert of_shape(whole, Assessment) == []
    elif first in {kebab(name) for name in Stream.model_fields}:
        assert of_shape({"kind": Text("energy"), **tree}, Stream) == []
    else:
        assert [problem for stream in tree.values() for problem in of_shape(stream, Stream)] == []


@pytest.mark.parametrize("text", PARTS)
def test_a_part_in_a_sentence_can_be_typed_somewhere(text: str) -> None:
    document = read(f"part: {text}\n".encode(), "")
    assert document.diagnostics == []
    tree = document.tree["part"]
    accepted = [model for model in MODELS if not of_shape(tree, model)]
    values = TypeAdapter(leaves.Amount | dict[str, leaves.Amount] | dict[str, leaves.Words])
    try:
        values.validate_python(tree, context=Reading("international"))
    except ValidationError:
        assert accepted, text
