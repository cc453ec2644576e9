"""The page on Python is run: every line of it does what it says."""

from __future__ import annotations

import doctest
import re
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
BLOCK = re.compile(r"^```pycon\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_the_examples_in_python_give_what_they_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant = ROOT / "assessments" / "vpeg" / "dn-01-fish-freezing-plant.yaml"
    shutil.copy(plant, tmp_path / "factory.yaml")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CPCALC_CACHE_DIR", str(tmp_path / "kept"))
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    blocks = BLOCK.findall(page)
    assert len(blocks) > 5
    examples = doctest.DocTestParser().get_doctest("".join(blocks), {}, "python.md", None, None)
    said: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    runner.run(examples, out=said.append)
    assert not said, "".join(said)
