"""What cpcalc says, as data: the catalogue of diagnostics, and the words of each language."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "vi")
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@cache
def read_texts(name: str) -> dict[str, Any]:
    """The contents of one file of this folder, such as ``en`` or ``diagnostics``."""
    text = Path(__file__).with_name(f"{name}.yaml").read_text(encoding="utf-8")
    contents: dict[str, Any] = yaml.load(text, Loader=_LOADER)
    return contents


def read_template(name: str, language: str) -> str:
    """A template of a whole file in one language."""
    return Path(__file__).with_name(f"{name}.{language}.txt").read_text(encoding="utf-8")
