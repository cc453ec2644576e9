"""`cpcalc assess`: savings, investment, payback and reductions of one or several assessments."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

Form = Literal["terminal", "json", "csv", "markdown"]
Language = Literal["en", "vi"]
STATUSES = ("verified", "implemented", "planned", "considered", "unstated")


def known_statuses(statuses: list[str] | None) -> list[str] | None:
    """The statuses given, or a usage error that lists those that can form a bundle."""
    for status in statuses or ():
        if status not in STATUSES:
            raise typer.BadParameter(f"{status!r} is not one of {', '.join(STATUSES)}")
    return statuses


def known_currency(currency: str | None) -> str | None:
    """The currency given, or a usage error."""
    from cpcalc.units import CURRENCIES

    if currency is not None and currency not in CURRENCIES:
        raise typer.BadParameter(f"{currency!r} is not a currency; write a code such as VND or USD")
    return currency


def assess(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Assessment files; - reads standard input."),
    ],
    form: Annotated[Form, typer.Option("--format", help="How to show the result.")] = "terminal",
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write to this file, in one piece.")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option(
            metavar="STATUS",
            callback=known_statuses,
            help=f"Only measures of this status form the bundle; may be repeated. One of: {', '.join(STATUSES)}.",
        ),
    ] = None,
    currency: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            callback=known_currency,
            help="Report in this currency, at the file's rate.",
        ),
    ] = None,
    economics: Annotated[
        bool,
        typer.Option(
            "--economics", help="Show cash flows, NPV, rates of return and sensitivities too."
        ),
    ] = False,
    measure: Annotated[
        str | None,
        typer.Option(
            metavar="ID", help="Only this measure, in full; in every format, without totals."
        ),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="PATH=VALUE", help="What if this value were another; may be repeated."
        ),
    ] = None,
    scenario: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Show a scenario of the file beside it; may be repeated."),
    ] = None,
    lang: Annotated[
        Language, typer.Option(envvar="CPCALC_LANG", help="Language of the report.")
    ] = "en",
    strict: Annotated[bool, typer.Option("--strict", help="Treat warnings as errors.")] = False,
    frozen: Annotated[
        bool, typer.Option("--frozen", help="Refuse what the lock file does not hold.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Work out savings, payback and reductions of each measure.

    Investment, annual saving, payback, CO2, dust, water and waste, measure by measure and in total.
    """
    from cpcalc.cli.assessing import assess_files

    return assess_files(
        files,
        form=form,
        output=output,
        statuses=status,
        currency=currency,
        language=lang,
        strict=strict,
        economics=economics,
        measure=measure,
        sets=set_ or (),
        scenarios=scenario or (),
        frozen=frozen,
    )
