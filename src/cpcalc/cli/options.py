"""Arguments and options that several commands share, each declared once."""

import re
from collections.abc import Callable, Iterable
from typing import Annotated, Literal

from typer import BadParameter, Context, Option

from cpcalc.app import factors, many
from cpcalc.app.files import STANDARD_INPUT, document_of
from cpcalc.diagnostics import catalogue
from cpcalc.names import OF_TOTALS
from cpcalc.resolve.model import BUNDLE_STATUSES
from cpcalc.units import CURRENCIES

MOST_SHARDS = 100_000


def _known_statuses(statuses: list[str] | None) -> list[str] | None:
    for status in statuses or ():
        if status not in BUNDLE_STATUSES:
            raise BadParameter(f"{status!r} is not one of {', '.join(BUNDLE_STATUSES)}")
    return statuses


def set_of(statuses: list[str] | None) -> frozenset[str] | None:
    """The statuses asked for; None where every measure counts."""
    return frozenset(statuses) if statuses else None


def _known_currency(currency: str | None) -> str | None:
    if currency is not None and currency not in CURRENCIES:
        raise BadParameter(f"{currency!r} is not a currency; write a code such as VND or USD")
    return currency


def _shard(text: str) -> many.Shard:
    match = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text)
    if match is None or not 1 <= int(match[1]) <= int(match[2]) <= MOST_SHARDS:
        raise BadParameter(f"{text!r} is not K/N with K from 1 to N, such as 2/8")
    return many.Shard(int(match[1]), int(match[2]))


# ---- what a shell completes -------------------------------------------------------------------


def beginning(known: Callable[[], Iterable[str]]) -> Callable[[str], list[str]]:
    """What of the known words begins as what is typed."""
    return lambda incomplete: [one for one in known() if one.startswith(incomplete)]


codes = beginning(lambda: [*(one.number for one in catalogue().values()), *catalogue()])


def figures(context: Context, incomplete: str) -> list[str]:
    """The figures of the file that stands before; without one those of any total."""
    from cpcalc.app import editor

    file = context.params.get("file") or STANDARD_INPUT
    found = {} if file == STANDARD_INPUT else editor.figures_of(document_of(file))
    return beginning(lambda: found or OF_TOTALS)(incomplete)


entries = beginning(lambda: [*factors.entries_of("."), *(one.pin for one in factors.sets_of("."))])


# ---- what is read -----------------------------------------------------------------------------

Statuses = Annotated[
    list[str] | None,
    Option(
        "--status",
        metavar="STATUS",
        autocompletion=beginning(lambda: BUNDLE_STATUSES),
        callback=_known_statuses,
        help="Only measures of this status form the bundle; may be repeated. "
        f"One of: {', '.join(BUNDLE_STATUSES)}.",
    ),
]
Currency = Annotated[
    str | None,
    Option(
        "--currency",
        metavar="CODE",
        autocompletion=beginning(lambda: sorted(CURRENCIES)),
        callback=_known_currency,
        help="Report in this currency, at the rate of each file.",
    ),
]
Beside = Annotated[
    str,
    Option("--beside", metavar="FOLDER", help="Also the sets in emission_factors/ of this folder."),
]

# ---- what is shown, and where -----------------------------------------------------------------

PageFormat = Annotated[
    Literal["terminal", "json", "csv", "markdown"],
    Option("--format", help="How to show the result."),
]
BatchFormat = Annotated[
    Literal["terminal", "json", "jsonl", "csv", "markdown"],
    Option("--format", help="How to show the result; Parquet goes to a file: -o FILE.parquet."),
]
Csv = Annotated[
    Literal["plain", "excel"] | None,
    Option("--csv", help="As CSV: plain, or with Excel's separator and decimals in the language."),
]
ShortFormat = Annotated[
    Literal["terminal", "json"], Option("--format", help="How to show the result.")
]
ProblemFormat = Annotated[
    Literal["full", "concise", "github", "sarif", "junit", "json"],
    Option("--format", help="How to list the problems."),
]
OutputFile = Annotated[
    str | None, Option("--output", "-o", metavar="FILE", help="Write to this file, in one piece.")
]
Language = Annotated[
    Literal["en", "vi"], Option("--lang", envvar="CPCALC_LANG", help="Language of the output.")
]
GroupBy = Annotated[
    Literal["province", "sector", "data-status"] | None,
    Option("--group-by", help="Totals for each of these, too."),
]

# ---- how it is done ---------------------------------------------------------------------------

Strict = Annotated[bool, Option("--strict", help="Treat warnings as errors.")]
Frozen = Annotated[bool, Option("--frozen", help="Refuse what the lock file does not hold.")]
Jobs = Annotated[
    int | None,
    Option(
        "--jobs",
        min=1,
        max=1024,
        help="Processes; by default one for few files, else one for each processor.",
    ),
]
ShardOption = Annotated[
    many.Shard | None,
    Option(
        "--shard",
        metavar="K/N",
        parser=_shard,
        help="Only part K of N of the files; put their .jsonl together with: cpcalc merge.",
    ),
]
NoCache = Annotated[bool, Option("--no-cache", help="Neither use nor keep results of other runs.")]
