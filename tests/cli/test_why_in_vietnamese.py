"""`why` in Vietnamese: operands and equations have Vietnamese words, for every formula there is."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import cpcalc.calc
from cpcalc.__main__ import run
from cpcalc.texts import equation_words, operand_word, words_of

VPEG = Path(__file__).parents[2] / "assessments" / "vpeg"


def formulas() -> Iterator[Any]:
    for found in pkgutil.walk_packages(cpcalc.calc.__path__, "cpcalc.calc."):
        yield from (
            item
            for item in vars(importlib.import_module(found.name)).values()
            if hasattr(item, "card")
        )


def operand_names() -> set[str]:
    return {
        f"{parameter.name.rstrip('s')} #"
        if parameter.kind is parameter.VAR_POSITIONAL
        else parameter.name
        for formula in formulas()
        for parameter in inspect.signature(formula).parameters.values()
    }


def test_every_operand_has_a_word_and_every_word_an_operand() -> None:
    assert operand_names() == set(words_of("operands", "vi"))


def test_equations_in_words_are_those_of_cards() -> None:
    cards = {formula.card.symbol: formula.card.equation for formula in formulas()}
    assert set(words_of("equations", "vi")) <= set(cards)
    english = re.compile(
        r"\b(sum of|terms?|year|the|root|roots|class|case|times|while|cost|saving|first)\b"
    )
    left = {
        symbol
        for symbol, equation in cards.items()
        if english.search(equation_words(symbol, equation, "vi"))
    }
    assert not left


def test_remarks_on_formulas_are_said_in_vietnamese() -> None:
    sources = {formula.card.symbol: formula.card.source for formula in formulas()}
    remarks = words_of("remarks", "vi")
    assert set(remarks) <= set(sources)
    titles = re.compile(r"^[A-Z][A-Za-z. ]*[A-Z]|^[0-9]{4} |^Directive|^definition$")
    assert {key for key, source in sources.items() if not titles.match(source)} <= set(remarks)


def test_english_stays_as_the_card_has_it() -> None:
    assert operand_word("term 2", "en") == "term 2"
    assert operand_word("term 2", "vi") == "số hạng 2"
    assert operand_word("running_cost", "vi") == "chi phí vận hành"


@pytest.mark.parametrize("figure", ["measures.suction.simple_payback", "totals.annual_saving"])
def test_the_page(figure: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["why", str(VPEG / "dn-01-fish-freezing-plant.yaml"), figure, "--lang", "vi"]) == 0
    heads = {
        line.partition(" = ")[0].strip()
        for line in capsys.readouterr().out.splitlines()
        if " = " in line
    }
    assert not heads & {
        "term 1",
        "quantity",
        "share",
        "price",
        "reduction",
        "investment",
        "annual_net_saving",
    }
    assert heads & {"số lượng", "số hạng 1"}
