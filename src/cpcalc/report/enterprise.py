"""The whole enterprise as neutral blocks: its project with end of pipe, its life-cycle cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cpcalc.figures import NotApplicable
from cpcalc.report.economics import economics_blocks, line_word
from cpcalc.report.layout import Block, Cell, Column, Pairs, Table, harmless
from cpcalc.report.numbers import share, shown
from cpcalc.report.sensitivity import tornado_table
from cpcalc.report.tables import headed, labelled, mark_notes, money_pairs
from cpcalc.report.words import money_word, title, word
from cpcalc.results import AssessmentResult, Economics, LifeCycleLine, WholeEnterprise


def enterprise_page(result: AssessmentResult, language: str) -> Iterator[Block]:
    """What ends the page under ``--economics``: the project with end of pipe, and the costs."""
    whole = result.whole_enterprise
    if whole is None:
        return
    if result.totals.end_of_pipe is not None:
        yield from economics_blocks(
            money_word("whole", language),
            whole.line.economics,
            language,
            money=tuple(money_pairs(whole.line, language)),
            of_whole=True,
            in_full=True,
        )
        if whole.tornado and result.sensitivity is not None:
            change = share(result.sensitivity.change.value, language)
            about = money_word("whole-tornado", language, change=change)
            yield tornado_table(result, "whole_tornado", about, whole.tornado, language)
    yield _life_cycle(result, whole, language)


def _life_cycle(result: AssessmentResult, whole: WholeEnterprise, language: str) -> Block:
    """Each line before and after all measures in present values, or why there is none."""
    cost, economics = whole.life_cycle_cost, whole.line.economics
    sides: dict[str, Cell] = {"baseline": cost.before, "after": cost.after}
    if isinstance(cost.before, NotApplicable) or not isinstance(economics, Economics):
        return Pairs(money_word("life-cycle", language), tuple(labelled(sides, language)))
    names = {stream.id: stream.name for stream in result.streams}
    lines = [
        (_label(line, names, language), line.before, line.after, line.saving) for line in cost.lines
    ]
    _, *figures = headed("line", ("baseline", "after", "saving"), language)
    years = shown(economics.study_period, language)
    table = Table(
        "life_cycle_cost",
        money_word("life-cycle-over", language, years=years),
        (Column("line", money_word("life-cycle-line", language), is_text=True), *figures),
        (*lines, (word("total", language), cost.before, cost.after, cost.saving)),
        totals=1,
    )
    notes = (money_word("life-cycle-note", language), *mark_notes([table], language))
    return table._replace(notes=notes)


def _label(line: LifeCycleLine, names: Mapping[str, Mapping[str, str]], language: str) -> str:
    section, _, name = line.key.partition(".")
    if section == "streams":
        label = harmless(title(names.get(name, {"": name}), language))
    else:
        label = line_word(line.key, language)
    is_paid = line.before is not None if section == "streams" else not name
    return label if is_paid else money_word("saved-of", language, line=label)
