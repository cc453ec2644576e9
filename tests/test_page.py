"""A page as a person sees it: long tables cut, numbers whole, wide letters aligned, a little colour."""

from __future__ import annotations

import io

from rich.cells import cell_len
from rich.console import Console

from cpcalc.figures import Figure
from cpcalc.report.layout import Block, Chart, Column, Heading, Notes, Pairs, Table
from cpcalc.report.markdown import markdown_lines
from cpcalc.report.page import plain_lines, print_pages
from cpcalc.units import read_unit

YEARLY = read_unit("VND/year").unit


def table_of(names: list[str]) -> Table:
    amounts = [Figure(1e6 * (number + 1), YEARLY, None, ()) for number in range(len(names))]
    columns = (Column("name", "Name", is_text=True), Column("saving", "Saving"), Column("x", "X"))
    rows = tuple((name, amount, amount) for name, amount in zip(names, amounts, strict=True))
    return Table("T", columns, (*rows, ("Total", None, None)), totals=1)


def test_a_long_table_shows_its_first_rows_its_totals_and_how_to_get_all() -> None:
    table = table_of([f"m{number}" for number in range(450)])
    lines = list(plain_lines([table], "en"))
    assert sum(line.startswith("m") for line in lines) == 200
    assert any(line.startswith("Total") for line in lines)
    assert lines[-1] == "the first 200 of 450 rows; all of them: --format csv or json"
    assert "m449" in "\n".join(markdown_lines([table], "en"))


def test_a_table_of_no_more_rows_is_whole() -> None:
    lines = list(plain_lines([table_of([f"m{number}" for number in range(200)])], "en"))
    assert any(line.startswith("m199") for line in lines)
    assert not any("--format" in line for line in lines)


def test_columns_that_do_not_fit_stand_below_with_the_first_one_again() -> None:
    lines = list(plain_lines([table_of(["first", "second"])], "en", 16))
    assert sum(line.startswith("first") for line in lines) == 2


def test_wide_and_combining_letters_keep_the_columns_aligned() -> None:
    lines = list(plain_lines([table_of(["断熱材", "ทีี่", "vỏ trấu", "[red]x[/red] :smile:"])], "en"))
    widths = {cell_len(line) for line in lines[3:7]}
    assert len(widths) == 1
    assert "[red]x[/red] :smile:" in lines[6]


def test_a_terminal_gets_colour_and_a_pipe_gets_none() -> None:
    heading = Heading("[bold]Plant[/bold]", "Data: DRAFT", is_warning=True)
    page: list[Block] = [heading, Pairs("", (("a", "b"),))]
    terminal = io.StringIO()
    print_pages([page], "en", Console(file=terminal, force_terminal=True, width=60))
    assert "\x1b[" in terminal.getvalue()
    assert "[bold]Plant[/bold]" in terminal.getvalue()
    assert list(plain_lines(page, "en")) == ["[bold]Plant[/bold]", "Data: DRAFT", "a  b"]


def test_the_total_of_a_table_is_bold_on_a_terminal() -> None:
    terminal = io.StringIO()
    print_pages([[table_of(["m1"])]], "en", Console(file=terminal, force_terminal=True, width=60))
    assert "\x1b[1mTotal" in terminal.getvalue()


def test_a_terminal_of_hardly_any_columns_is_printed_to() -> None:
    names = ["a long name of a measure", "tiết kiệm nước", "m3"]
    bars = [(name, Figure(number - 1.0, YEARLY, None, ())) for number, name in enumerate(names)]
    page: list[Block] = [
        Heading("All enterprises", "draft", is_warning=True), table_of(names),
        Pairs("", (("Currency", "VND"),)), Chart("Saving", bars), Notes(["some small print"]),
    ]  # fmt: skip
    for width in range(25):
        terminal = io.StringIO()
        print_pages([page], "en", Console(file=terminal, force_terminal=True, width=width))
        assert "All" in terminal.getvalue()
        assert "small" in terminal.getvalue()
