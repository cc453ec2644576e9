"""The page drawn by rich: in a little colour on a terminal, as plain text everywhere else."""

import io
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest

from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from cpcalc.report import layout
from cpcalc.report.layout import Chart, Column, Heading, Notes, Pairs, Part, Table, harmless
from cpcalc.report.tables import noted
from cpcalc.texts import word

PLAIN_CELLS = 80
# A wider page is harder to read across; a narrower terminal gets what fits.
WIDEST_CELLS = 100
NARROWEST_CELLS = 20  # a terminal of one or two columns cannot hold a table
NARROWEST_TEXT_CELLS = 12
GAP_CELLS = 2
# Nobody reads further down a page; JSON, CSV and Markdown have all rows.
MOST_ROWS_SHOWN = 200


def plain_lines(parts: Iterable[Part], language: str, width: int = PLAIN_CELLS) -> Iterator[str]:
    """The lines of the page as plain text."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False)
    for part in _drawn(parts, language, width):
        with console.capture() as capture:
            console.print(part, soft_wrap=True)
        yield from (line.rstrip() for line in capture.get().split("\n")[:-1])


def print_pages(
    pages: Iterable[Iterable[Part]], language: str, console: Console | None = None
) -> None:
    """Print pages; rich decides on colour (NO_COLOR, TERM) and on what the terminal can."""
    screen = console or Console()
    screen.width = max(screen.width, NARROWEST_CELLS)
    for number, parts in enumerate(pages):
        if number:
            screen.print("\n")
        for part in _drawn(parts, language, min(screen.width, WIDEST_CELLS)):
            screen.print(part, soft_wrap=True)


def _drawn(parts: Iterable[Part], language: str, width: int) -> Iterator[RenderableType]:
    """What rich prints, from top to bottom; user text only as ``Text``, which has no markup.

    Of a document it is the blocks without their chapters.
    """
    blocks = (part for part in noted(parts, language) if isinstance(part, layout.Block))
    for number, block in enumerate(blocks):
        if number and not (isinstance(block, Pairs) and not block.title):
            yield Text()
        if isinstance(block, Heading):
            yield _text(block.text, width, "bold")
            yield _text(block.under, width, "bold yellow" if block.is_warning else "dim")
        elif isinstance(block, Pairs):
            yield from _pairs(block, language, width)
        elif isinstance(block, Notes):
            yield from (_text(line, width, "dim") for line in block.lines)
        elif isinstance(block, Chart):
            about, *bars = layout.chart_lines(block, language, width)
            yield Text(about, "bold cyan")
            yield Text("\n".join(bars))
        else:
            yield from _table(block, language, width)


def _text(text: str, width: int, style: str = "") -> Text:
    return Text("\n".join(layout.wrapped(text, width)), style)


def _hanging(text: str, width: int) -> str:
    """A text in lines, those after the first indented where there is room for it."""
    first, *rest = layout.wrapped(text, width)
    room = width - GAP_CELLS
    return "\n".join([first, *("  " + line if cell_len(line) <= room else line for line in rest)])


def _cropped(text: str, width: int) -> str:
    """The words of a text that fit into a line; a sign where there are more."""
    first, *rest = layout.wrapped(text, width)
    return f"{layout.wrapped(first, width - 1)[0].rstrip(' ,:;')}\u2026" if rest else first


def _pairs(block: Pairs, language: str, width: int) -> Iterator[RenderableType]:
    if block.title:
        yield Text(block.title, "bold cyan")
    indent = " " * GAP_CELLS if block.title else ""
    label_width = max((cell_len(indent + label) for label, _ in block.rows), default=0)
    value_width = max(width - label_width - GAP_CELLS, NARROWEST_TEXT_CELLS)
    half = (value_width - label_width) // 2 - GAP_CELLS
    lines: list[tuple[str, ...]] = []
    for number, (label, value) in enumerate(block.rows):
        line: tuple[str, ...] = (indent + label, layout.pair_text(value, language))
        above = lines[-1] if number in block.beside else ()
        if len(above) == len(line) and max(map(cell_len, (above[1], line[1]))) <= half:
            line = (*lines.pop(), *line)
        lines.append(line)
    columns = (Column("label", "", is_text=True), Column("value", "", is_text=True))
    for line in lines:
        is_pair = len(line) > len(columns)
        widths = [label_width, half] * 2 if is_pair else [label_width, value_width]
        grid = _grid(widths, columns * (2 if is_pair else 1))
        grid.add_row(*map(_text, line, widths))
        yield grid


def _grid(widths: Sequence[int], columns: Sequence[Column]) -> Grid:
    grid = Grid.grid(padding=(0, GAP_CELLS, 0, 0))
    # Never narrower than its columns, so that no number is cut off in a small window.
    grid.width = _width_of(widths)
    for width, column in zip(widths, columns, strict=True):
        grid.add_column(width=width, justify="left" if column.is_text else "right", no_wrap=True)
    return grid


def _width_of(widths: Sequence[int]) -> int:
    return sum(widths) + GAP_CELLS * (len(widths) - 1)


def _table(table: Table, language: str, width: int) -> Iterator[RenderableType]:
    last = len(table.rows) - table.totals
    notes = list(table.notes)
    if last > MOST_ROWS_SHOWN:
        notes.append(word("rows-cut", language, shown=MOST_ROWS_SHOWN, all=last))
        rows = [*table.rows[:MOST_ROWS_SHOWN], *table.rows[last:]]
        table = table._replace(rows=rows, under=table.under[:MOST_ROWS_SHOWN])
    texts = layout.table_texts(table, language)
    yield _text(texts.title, width, "bold cyan")
    texts, widths = _fitted(texts, width)
    for number, positions in enumerate(_parts(widths, width)):
        if number:
            yield Text()
            table = table._replace(under=())
        part = texts.at(positions)
        yield from _part(part, table, [widths[position] for position in positions], width)
    yield from (_text(harmless(note), width, "dim") for note in notes)


def _fitted(texts: layout.TableTexts, width: int) -> tuple[layout.TableTexts, list[int]]:
    """The columns with what each needs of the line; extra ones only as far as all fit into it."""
    every = range(len(texts.columns))
    extra = [at for at in every if texts.columns[at].is_extra]
    found = texts.at(every)
    widths = _widths(found, width)
    if not extra or _width_of(widths) <= width:
        return found, widths
    return _fitted(texts.at([at for at in every if at != extra[-1]]), width)


def _widths(texts: layout.TableTexts, width: int) -> list[int]:
    """What each column needs; the wrapped one no more than the others leave of the line.

    Its texts are put into lines of this width.
    """
    headers = [column.header for column in texts.columns]
    widths = [
        max(cell_len(line) for text in column for line in text.split("\n"))
        for column in zip(headers, *texts.rows, strict=True)
    ]
    takes_the_rest = [column.is_wrapped or column.is_cropped for column in texts.columns]
    elastic = takes_the_rest.index(True) if any(takes_the_rest) else 0
    spare = width - (_width_of(widths) - widths[elastic])
    words = (part for row in texts.rows for part in row[elastic].split(" "))
    narrowest = max(NARROWEST_TEXT_CELLS, *(cell_len(part) for part in words))  # an id stays whole
    widths[elastic] = min(widths[elastic], max(spare, narrowest))
    fit = _cropped if texts.columns[elastic].is_cropped else _hanging
    for row in texts.rows:
        row[elastic] = fit(row[elastic], widths[elastic])
    return widths


def _parts(widths: Sequence[int], width: int) -> Iterator[list[int]]:
    """Columns that fit into one line; further ones stand below it, after the first one again."""
    current = [0]
    for position in range(1, len(widths)):
        wanted = [widths[column] for column in (*current, position)]
        if len(current) > 1 and _width_of(wanted) > width:
            yield current
            current = [0]
        current = [*current, position]
    yield current


def _part(
    texts: layout.TableTexts, table: Table, widths: Sequence[int], width: int
) -> Iterator[RenderableType]:
    """Some columns of a table: heads, rows and totals, with a rule of dashes between them."""

    def line(cells: Sequence[str], style: str) -> Grid:
        grid = _grid(widths, texts.columns)
        grid.add_row(*(Text(cell, style) for cell in cells))
        return grid

    rule = Text("-" * min(_width_of(widths), width), "dim")
    yield line([column.header for column in texts.columns], "dim")
    yield rule
    last = len(texts.rows) - table.totals
    for number, (row, under) in enumerate(zip_longest(texts.rows, table.under, fillvalue="")):
        if number == last:
            yield rule
        yield line(row, "bold" if number >= last else "")
        if under:
            lines = layout.wrapped(under, width - GAP_CELLS)
            yield Text("\n".join(" " * GAP_CELLS + text for text in lines), "dim")
