"""cpcalc in Python: the use cases of the command line as functions; `import cpcalc` gives these."""

import os
from collections.abc import Collection, Iterable
from concurrent.futures import Executor
from html import escape
from typing import Any

from cpcalc.app.assess import Options, Outcome, assess_file
from cpcalc.app.batch import Batch, Job, run_batch, unheard, whole
from cpcalc.app.check import check_files
from cpcalc.app.diff import diff
from cpcalc.app.files import ProblemsError, below
from cpcalc.app.questions import explain
from cpcalc.app.verify import verify
from cpcalc.app.written import as_json
from cpcalc.checks import FULL
from cpcalc.figures import Figure
from cpcalc.report import html
from cpcalc.report.json_result import Data
from cpcalc.report.problems import describe
from cpcalc.report.short_page import short_page
from cpcalc.report.why import why_lines
from cpcalc.report.writers import page_report
from cpcalc.results import AssessmentResult, figures_by_path

__all__ = ["ProblemsError", "Result", "assess", "batch", "check", "diff", "verify", "why"]
Name = str | os.PathLike[str]


class Result(AssessmentResult):
    """The result of one assessment: every figure with its unit and its workings."""

    outcome: Outcome  # with the warnings and the document

    def rows(self) -> list[dict[str, Any]]:
        """A record for each figure by its path in the JSON, for pandas, polars or DuckDB.

        ``value`` [canonical unit, as in ``unit``] is None where there is no figure; ``because``
        says why.
        """
        return [
            {
                "enterprise": str(self.enterprise["id"]),
                "figure": path,
                "value": figure.value if isinstance(figure, Figure) else None,
                "unit": str(figure.unit) if isinstance(figure, Figure) else None,
                "because": None if isinstance(figure, Figure) else figure.code,
            }
            for path, figure in figures_by_path(self).items()
        ]

    def to_json(self) -> str:
        """What `cpcalc assess --format json` prints."""
        return as_json([self.outcome])

    def _repr_html_(self) -> str:
        language = "vi" if os.environ.get("CPCALC_LANG") == "vi" else "en"
        report = page_report([short_page(self, language)], language)
        page = html.document_bytes(report).decode()
        return f'<iframe srcdoc="{escape(page)}" width="100%" height="600"></iframe>'


def assess(
    file: Name,
    *,
    status: Collection[str] = (),
    currency: str | None = None,
    economics: bool = False,
) -> Result:
    """Assess one file. ProblemsError where it has errors; warnings stand in ``result.outcome``."""
    options = Options(frozenset(status) or None, currency, economics=economics, tier=FULL)
    outcome = assess_file(os.fspath(file), options)
    if outcome.result is None:
        raise ProblemsError(outcome.diagnostics, outcome.texts)
    result = Result(*outcome.result)
    result.outcome = outcome
    return result


def check(*paths: Name) -> list[Data]:
    """Every problem of files, and of files below folders, as a record with its place in words."""
    names = [name for path in paths for name in below(os.fspath(path))]
    reports = check_files(names)
    return [describe(item, file.ids) for file in reports for item in file.diagnostics]


def batch(paths: Iterable[Name], *, executor: Executor | None = None) -> Batch:
    """Assess all files below some folders: a row for each enterprise, and what failed.

    ``executor`` is any of `concurrent.futures`; without one, processes are started for many files.
    """
    names = [os.fspath(path) for path in paths]
    return whole(run_batch(names, Job(executor=executor), unheard))


def why(result: Result, figure: str, language: str = "en") -> str:
    """The tree of a figure down to lines of the file and cited factors; LookupError for none."""
    found = explain(result.outcome, figure)
    if found.figure is None:
        raise LookupError(f"{figure}: {', '.join(found.nearest)}")
    return "\n".join(why_lines(figure, found.figure, found.sources, language))
