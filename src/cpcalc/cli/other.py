"""Other commands: `why`, `explain`, `schema`, `lock`, `new` with its questions, and `factors`."""

import sys
from collections.abc import Sequence
from typing import Annotated, Literal

import typer
from typer import Argument, Option

from cpcalc.app import factors as use_cases
from cpcalc.app import new as new_files
from cpcalc.app.assess import Options, assess_file
from cpcalc.app.files import STANDARD_INPUT, exists, folder_of, reason_of
from cpcalc.app.lock import lock as write_lock
from cpcalc.app.new import FUELS, Answers
from cpcalc.app.questions import explain as explain_figure
from cpcalc.cli import FILES_HAVE_ERRORS, NOT_DONE, OK, options
from cpcalc.cli.output import Output, complain, exit_code, severity_code
from cpcalc.diagnostics import Diagnostic, catalogue_entry, has_errors
from cpcalc.report import factors as factor_pages
from cpcalc.report import problems as report
from cpcalc.report.json_result import Data, dumps
from cpcalc.report.problems import shown
from cpcalc.report.why import trace, why_data
from cpcalc.texts import word
from cpcalc.units import CURRENCIES

DIGITS_OF_A_YEAR = 4
SchemaName = Literal[
    "assessment", "programme", "factor-set", "result", "batch-result", "programme-result",
    "check-result", "why-result", "verify-result", "diff-result",
]  # fmt: skip


def why(
    file: Annotated[
        str, Argument(metavar="FILE", help="An assessment file; - reads standard input.")
    ],
    figure: Annotated[
        str,
        Argument(
            metavar="FIGURE",
            autocompletion=options.figures,
            help="Its name, such as measures.m3.simple_payback; without one all names are listed.",
        ),
    ] = "",
    depth: Annotated[
        int | None,
        Option(min=1, help="So many levels; by default as many as stay readable."),
    ] = None,
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
) -> int:
    """Trace a figure to formulas, lines of the file and factors."""
    to = Output(language)
    outcome = assess_file(file, Options(enterprise=True))
    if outcome.result is None:
        to.complain_of(outcome.diagnostics, {outcome.name: outcome.text})
        return exit_code(outcome.diagnostics) or FILES_HAVE_ERRORS
    answer = explain_figure(outcome, figure)
    if not figure:
        return to.write_lines(answer.nearest)
    if answer.figure is None:
        complain([word("why-unknown", language, figure=figure)])
        complain(f"  {name}" for name in answer.nearest)
        return NOT_DONE
    if form == "json":
        return to.write([dumps(why_data(figure, answer.figure, answer.sources))])
    return to.write_lines(trace(figure, answer.figure, answer.sources, language, depth))


def explain(
    code: Annotated[
        str | None,
        Argument(
            metavar="CODE",
            autocompletion=options.codes,
            help="A number (CP203) or a name (wrong-kind-of-unit).",
        ),
    ] = None,
    language: options.Language = "en",
) -> int:
    """Explain a diagnostic, with a bad and a good example.

    Without CODE it lists all of them.
    """
    to = Output(language)
    if code is None:
        return to.write_lines(report.listed(language))
    entry = catalogue_entry(code)
    if entry is None:
        return to.refuse_selector(code)
    return to.write_lines(report.explained(entry, language))


def schema(
    kind: Annotated[
        SchemaName,
        Argument(help="The kind of file, or of result: what --format json prints."),
    ] = "assessment",
    output: options.OutputFile = None,
) -> int:
    """Print the JSON Schema of a file or a result.

    Every key is explained in English and Vietnamese. Write it beside your files and begin each
    with the line that --output names: editors with a YAML language server then complete and
    check while you type.
    """
    code = Output("en", "json", output, "schema").write([new_files.schema_text(kind)])
    if code == OK and output is not None and "result" not in kind:
        complain([new_files.modeline(output)])
    return code


def lock(
    file: Annotated[str, Argument(metavar="FILE", help="An assessment or a programme file.")],
    language: options.Language = "en",
) -> int:
    """Write down the factor sets and exchange rates of a file.

    NAME.lock.yaml holds id, version and hash of every factor set, and every exchange rate. With
    --frozen, assess and check then refuse a file that rests on anything else.
    """
    to = Output(language)
    if file == STANDARD_INPUT:
        return to.refuse("lock-not-written", file=file, reason="not-a-regular-file")
    try:
        locked = write_lock(file)
    except OSError as error:
        return to.refuse("lock-not-written", file=file, reason=reason_of(error))
    if locked.diagnostics:
        to.complain_of(locked.diagnostics, locked.texts)
        return exit_code(locked.diagnostics) or FILES_HAVE_ERRORS
    counts = {"files": len(locked.files), "sets": len(locked.sets), "rates": len(locked.rates)}
    return to.write_lines([word("lock-written", language, name=shown(locked.name), **counts)])


# ---- a new file ---------------------------------------------------------------------------------


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
) -> int:
    """Make a commented assessment file that passes `check`."""
    to = Output(language)
    if exists(file):
        return to.refuse("new-exists", file=file)
    if currency not in CURRENCIES:
        return to.refuse("new-currency", currency=currency)
    answers = Answers(
        new_files.id_from(identity or file),
        name or "",
        sector,
        province,
        country,
        year,
        currency,
        new_files.pins(country, folder_of(file)),
    )
    if ask if ask is not None else sys.stdin.isatty():
        answers = _asked(answers, language)
    if not answers.name:
        answers = answers._replace(name=answers.id)
    try:
        outcome = new_files.make(file, answers, language)
    except OSError as error:
        return to.refuse("cannot-write", path=file, reason=reason_of(error))
    if has_errors(outcome.diagnostics):
        to.complain_of(outcome.diagnostics, {file: outcome.text})
        return NOT_DONE
    return to.write_lines([word("new-written", language, file=shown(file))])


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
        problem = new_files.problem_with(text, kind, style)
        if problem is None:
            return text
        headline, remedy = report.message_of(problem, language)
        complain([f"  {headline}", f"  {remedy}"])


# ---- factor sets ------------------------------------------------------------------------------

factors = typer.Typer(
    rich_markup_mode=None,
    no_args_is_help=True,
    help="Factor sets: list, show, verify, and what is outdated.",
)


@factors.command("list")
def list_sets(
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    beside: options.Beside = ".",
) -> int:
    """List the factor sets: shipped ones and own ones.

    Own sets stand beside the assessments.
    """
    to = Output(language, form)
    listed = list(use_cases.sets_of(beside))
    return to.tell(factor_pages.sets_data(listed), [factor_pages.sets_page(listed, language)])


@factors.command()
def show(
    name: Annotated[
        str,
        Argument(
            metavar="ID",
            autocompletion=options.entries,
            help="A set (ap-42@1) or a factor (ipcc-2006/anthracite).",
        ),
    ],
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    beside: options.Beside = ".",
) -> int:
    """Show one set or factor, with ranges and citations.

    Every value with its range, conditions and citation, and how a file uses it.
    """
    to = Output(language, form)
    found = use_cases.find(name, beside)
    if isinstance(found, list):
        complain([word("factor-not-found", language, name=name)])
        complain(f"  {nearest}" for nearest in found)
        return NOT_DONE
    factor_set, section, entry, rows = found
    data = factor_pages.shown_data(factor_set, section, entry, rows)
    if entry is None:
        return to.tell(data, [factor_pages.set_page(factor_set, rows, language)])
    return to.tell(data, [factor_pages.entry_page(factor_set, section, entry, rows, language)])


@factors.command()
def verify(
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
    beside: options.Beside = ".",
) -> int:
    """Check every set, and that released ones are unchanged.

    Units, citations, unique ids, and that a released set has the hash it was released with.
    """
    to = Output(language, form)
    verified = list(use_cases.verify(beside))
    described = [_described(item.diagnostics) for item in verified]
    data = factor_pages.verified_data(verified, described)
    code = to.tell(data, [factor_pages.verified_page(verified, language)])
    for item in verified:
        to.complain_of(item.diagnostics, {item.path: item.text})
    return code or severity_code(problem for item in verified for problem in item.diagnostics)


@factors.command()
def outdated(
    paths: Annotated[
        list[str],
        Argument(metavar="PATH", help="Assessments, programmes, or folders of assessments."),
    ],
    form: options.ShortFormat = "terminal",
    language: options.Language = "en",
) -> int:
    """Say which figures of files newer sets would change.

    Every pinned set with a newer version is tried, before anything is changed.
    """
    to = Output(language, form)
    names, problems, texts = use_cases.assessments_meant(paths)
    to.complain_of(problems, texts)
    if not names:
        asked = " ".join(paths)
        return FILES_HAVE_ERRORS if problems else to.refuse("no-assessment-below", path=asked)
    tried = [use_cases.outdated(name, Options()) for name in names]
    known = [item for item in tried if item.base.result is not None]
    broken = [item for item in tried if item.base.result is None]
    for item in tried:
        own = list(item.base.diagnostics) if item.base.result is None else []
        own += [problem for newer in item.newer for problem in newer.errors]
        to.complain_of(own, {item.base.name: item.base.text})
    code = _show_outdated(known, to) if known else OK
    unread = exit_code([problem for item in broken for problem in item.base.diagnostics])
    return code or unread or (FILES_HAVE_ERRORS if broken or problems else OK)


def _show_outdated(known: Sequence[use_cases.Outdated], to: Output) -> int:
    tried = [(item.base.name, newer) for item in known for newer in item.newer]
    described = [(name, newer, _described(newer.errors)) for name, newer in tried]
    page = factor_pages.outdated_page
    pages = (page(item.base.name, item.newer, item.pins, to.language) for item in known)
    return to.tell(factor_pages.outdated_data(described), pages)


def _described(problems: Sequence[Diagnostic]) -> list[Data]:
    return [report.describe(problem, {}) for problem in problems]
