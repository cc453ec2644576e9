"""House rule: every formula has its card filled in, and a table of answers."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import yaml

import cpcalc.calc

HERE = Path(__file__).parent
HOW = "add tests/formulas/<name>.yaml: formula, source, cases of given and gives (see conftest.py)"


def formulas() -> Iterator[tuple[str, object]]:
    for module in pkgutil.iter_modules(cpcalc.calc.__path__):
        loaded = importlib.import_module(f"cpcalc.calc.{module.name}")
        for name, member in vars(loaded).items():
            if hasattr(member, "card") and member.__module__ == loaded.__name__:
                yield f"calc.{module.name}.{name}", member


def tables() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in sorted(HERE.glob("*.yaml")):
        tree = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
        assert tree["formula"] not in found, (
            f"{path.name} and {found[tree['formula']]} are one formula's"
        )
        found[tree["formula"]] = path.name
    return found


def test_every_formula_has_a_table_of_answers() -> None:
    without = sorted({name for name, _ in formulas()} - set(tables()))
    assert not without, f"{', '.join(without)}: {HOW}"


def test_every_table_is_of_a_formula() -> None:
    assert set(tables()) <= {name for name, _ in formulas()}


def test_every_card_says_what_it_is() -> None:
    seen: dict[str, str] = {}
    for name, member in formulas():
        card = member.card  # type: ignore[attr-defined]
        assert card.symbol, name
        assert card.equation, name
        assert card.source, name
        assert member.__doc__, name
        assert card.symbol not in seen, f"{name} and {seen[card.symbol]} are both {card.symbol}"
        seen[card.symbol] = name
