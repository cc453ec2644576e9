"""`cpcalc new`: a first assessment file, from a few questions or options."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from cpcalc.app.files import folder_of, reason_of
from cpcalc.app.new import id_from, make, pins, problem_with
from cpcalc.cli import NOT_DONE, options
from cpcalc.cli.output import Output, complain
from cpcalc.report.new_file import FUELS, Answers
from cpcalc.report.problems import message_of
from cpcalc.report.words import word
from cpcalc.units import CURRENCIES

DIGITS_OF_A_YEAR = 4


def new(
    file: Annotated[str, Argument(metavar="FILE", help="The file to make; it must not exist yet.")],
    name: Annotated[
        str | None, Option(help="Name of the enterprise, or a description in place of it.")
    ] = None,
    identity: Annotated[
        str | None,
        Option("--id", help="Its id: letters, digits and hyphens. Default: the file's name."),
    ] = None,
    sector: Annotated[str | None, Option(help="Its sector, such as cement or seafood.")] = None,
    province: Annotated[str | None, Option(help="Its province.")] = None,
    country: Annotated[str, Option(help="Its country, two letters.")] = "VN",
    year: Annotated[int | None, Option(min=1900, max=2200, help="The baseline year.")] = None,
    currency: Annotated[str, Option(help="The currency of the report.")] = "VND",
    language: options.Language = "en",
    ask: Annotated[
        bool | None,
        Option("--ask/--no-ask", help="Ask for what is not given. Default: on a terminal."),
    ] = None,
    debug: options.Debug = False,
) -> int:
    """Make a commented assessment file that passes `check`."""
    path = Path(file)
    if path.exists() or path.is_symlink():
        return _refused("exists", language, file=file)
    if currency not in CURRENCIES:
        return _refused("currency", language, currency=currency)
    answers = Answers(
        id_from(identity or file),
        name or "",
        sector,
        province,
        country,
        year,
        currency,
        pins(country, folder_of(file)),
    )
    if ask if ask is not None else sys.stdin.isatty():
        answers = _asked(answers, language)
    if not answers.name:
        answers = answers._replace(name=answers.id)
    try:
        make(file, answers, language)
    except OSError as error:
        return _refused("not-written", language, file=file, reason=reason_of(error))
    return Output(language).write_lines([word("new-written", language, file=file)])


def _refused(what: str, language: str, **values: str) -> int:
    complain([word(f"new-{what}", language, **values)])
    return NOT_DONE


def _asked(answers: Answers, language: str) -> Answers:
    """The answers completed by questions; an empty answer leaves a thing out."""
    currency = answers.currency
    name = answers.name or _question("name", language)
    sector = answers.sector or _question("sector", language) or None
    province = answers.province or _question("province", language) or None
    year = answers.year or _year(language)
    answers = answers._replace(name=name, sector=sector, province=province, year=year)
    quantity = _amount("electricity", "any", language, "1 200 000 kWh/year")
    if quantity:
        price = _amount("price", "price", language, f"2 000 {currency}/kWh")
        answers = answers._replace(electricity=(quantity, price))
    fuel = _question("fuel", language, ", ".join(FUELS))
    if fuel in FUELS:
        quantity = _amount("quantity", "any", language, "900 t/year")
        price = _amount("price", "price", language, f"3 million {currency}/t")
        answers = answers._replace(fuel=(fuel, quantity, price))
    title = _question("measure", language)
    if title:
        investment = _amount("investment", "money", language, f"40 million {currency}")
        saving = _amount("saving", "money-per-year", language, f"25 million {currency}/year")
        answers = answers._replace(measure=(title, investment, saving))
    return answers


def _question(key: str, language: str, example: str = "") -> str:
    text = word(f"ask-{key}", language) + (f" ({example})" if example else "")
    return str(typer.prompt(text, default="", show_default=False)).strip()


def _year(language: str) -> int | None:
    text = _question("year", language)
    return int(text) if text.isdecimal() and len(text) == DIGITS_OF_A_YEAR else None


def _amount(key: str, kind: str, language: str, example: str) -> str:
    """An amount, asked for until it can be read; empty leaves it out."""
    style = "vietnamese" if language == "vi" else "international"
    while True:
        text = _question(key, language, example)
        problem = problem_with(text, kind, style)
        if problem is None:
            return text
        headline, remedy = message_of(problem, language)
        complain([f"  {headline}", f"  {remedy}"])
