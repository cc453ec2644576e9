"""`cpcalc new`: a first assessment file, from a few questions or options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cpcalc.cli.assess import Language
from cpcalc.cli.exits import NOT_DONE, OK

if TYPE_CHECKING:
    from cpcalc.report.new_file import Answers


def new(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="The file to make; it must not exist yet.")
    ],
    name: Annotated[
        str | None, typer.Option(help="Name of the enterprise, or a description in place of it.")
    ] = None,
    identity: Annotated[
        str | None,
        typer.Option("--id", help="Its id: letters, digits and hyphens. Default: the file's name."),
    ] = None,
    sector: Annotated[
        str | None, typer.Option(help="Its sector, such as cement or seafood.")
    ] = None,
    province: Annotated[str | None, typer.Option(help="Its province.")] = None,
    country: Annotated[str, typer.Option(help="Its country, two letters.")] = "VN",
    year: Annotated[int | None, typer.Option(min=1900, max=2200, help="The baseline year.")] = None,
    currency: Annotated[str, typer.Option(help="The currency of the report.")] = "VND",
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of questions and comments.")
    ] = "en",
    ask: Annotated[
        bool | None,
        typer.Option("--ask/--no-ask", help="Ask for what is not given. Default: on a terminal."),
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Make a commented assessment file that passes `check`."""
    import os
    import sys

    from cpcalc.app.files import folder_of
    from cpcalc.app.new import id_from, make, pins
    from cpcalc.cli.output import complain, print_lines
    from cpcalc.report.new_file import Answers
    from cpcalc.report.words import word
    from cpcalc.units import CURRENCIES

    if os.path.lexists(file):
        complain([word("new-exists", lang, file=file)])
        return NOT_DONE
    if currency not in CURRENCIES:
        complain([word("new-currency", lang, currency=currency)])
        return NOT_DONE
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
        answers = _asked(answers, lang)
    if not answers.name:
        answers = answers._replace(name=answers.id)
    try:
        make(file, answers, lang)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        complain([word("new-not-written", lang, file=file, reason=reason)])
        return NOT_DONE
    print_lines([word("new-written", lang, file=file)])
    return OK


def _asked(answers: Answers, language: str) -> Answers:
    """The answers completed by questions; an empty answer leaves a thing out."""
    from cpcalc.report.new_file import FUELS

    currency = answers.currency
    if not answers.name:
        answers = answers._replace(name=_question("name", language))
    if answers.sector is None:
        answers = answers._replace(sector=_question("sector", language) or None)
    if answers.province is None:
        answers = answers._replace(province=_question("province", language) or None)
    if answers.year is None:
        text = _question("year", language)
        answers = answers._replace(
            year=int(text) if text.isdecimal() and len(text) == len("2011") else None
        )
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
    from cpcalc.report.words import word

    text = word(f"ask-{key}", language) + (f" ({example})" if example else "")
    return str(typer.prompt(text, default="", show_default=False)).strip()


def _amount(key: str, kind: str, language: str, example: str) -> str:
    """An amount, asked for until it can be read; empty leaves it out."""
    from cpcalc.app.new import problem_with
    from cpcalc.cli.output import complain
    from cpcalc.report.problems import message_of

    while True:
        text = _question(key, language, example)
        problem = problem_with(text, kind, "vietnamese" if language == "vi" else "international")
        if problem is None:
            return text
        headline, remedy = message_of(problem, language)
        complain([f"  {headline}", f"  {remedy}"])
