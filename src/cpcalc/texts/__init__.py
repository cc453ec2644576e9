"""What cpcalc says, as data: the catalogue of diagnostics, and the words of each language.

Where a language has no word for a key, the key stands for itself: a substance, say, a currency,
or in English the name of an operand.
"""

from collections.abc import Iterator, Mapping
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


def words_of(section: str, language: str) -> Mapping[str, str]:
    """All words of one section of a language; empty where the keys are words enough."""
    words: Mapping[str, str] = read_texts(language).get(section, {})
    return words


def word(key: str, language: str, **values: object) -> str:
    """The label for a key."""
    text = words_of("labels", language).get(key, key)
    return text.format_map(values) if values else text


def word_in(place: str, key: str, language: str) -> str:
    """The label for a key in a place where it may be called otherwise: the ``short`` head of a
    narrow column, a ``tier`` of data, a line of a cash ``flow``."""
    return words_of("labels", language).get(f"{key}-{place}") or word(key, language)


def problem_word(key: str, language: str, **values: object) -> str:
    """What stands around the messages of diagnostics, or a command says of itself."""
    text = words_of("problems", language).get(key, key)
    return text.format_map(values) if values else text


def number_word(key: str, language: str) -> str:
    """A scale, a period or a sign of numbers: ``million``, ``year``."""
    return words_of("numbers", language)[key]


def reason(name: str, language: str) -> str:
    """The sentence for the reason why a figure is not there."""
    return words_of("reasons", language).get(name, name)


def sector_name(written: str, language: str) -> str:
    """A sector as a file writes it, or its name in the language where that is known."""
    key = written.strip().casefold().replace(" ", "-")
    return words_of("sectors", language).get(key, written)


def operand_word(name: str, language: str) -> str:
    """The name of an operand of a formula, such as ``term 2``."""
    operands = words_of("operands", language)
    base, _, number = name.rpartition(" ")
    numbered = operands.get(f"{base} #")
    if numbered is not None and number.isdecimal():
        return f"{numbered} {number}"
    return operands.get(name, name)


def equation_words(symbol: str, equation: str, language: str) -> str:
    """The equation of a formula, its words in the language."""
    return words_of("equations", language).get(symbol, equation)


def conditions(row: Mapping[str, Any], language: str) -> Iterator[str]:
    """What a row of a factor set says besides its value."""
    for key, name in words_of("conditions", language).items():
        value = row.get(key)
        if value is not None:
            yield f"{name} {condition(value, language)}"


def condition(value: Any, language: str) -> str:
    """One value of a condition in words."""
    return words_of("condition-values", language).get(str(value), str(value))


def title(words: Mapping[str, str], language: str) -> str:
    """A title in the language asked for, else in the one it is given in."""
    return words.get(language) or words.get("") or next(iter(words.values()))
