"""A batch as Parquet: the rows of its CSV in typed columns, and the files that failed."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from itertools import chain, islice

import pyarrow
from pyarrow.parquet import ParquetWriter

from cpcalc.programme import Member
from cpcalc.programme.totals import Counting
from cpcalc.report.csv_lines import TEXTS, batch_rows, failed_rows, header
from cpcalc.report.writers import MARK

ROWS_TOGETHER = 1000


def parquet_chunks(
    items: Iterable[Member], failed: Iterable[str], counting: Counting, language: str
) -> Iterator[bytes]:
    """The file in pieces; the same bytes for the same rows. ``failed`` are names of files."""
    types = {name: pyarrow.string() if name in TEXTS else pyarrow.float64() for name in header()}
    schema = pyarrow.schema(types.items())
    rows = chain(batch_rows(items, counting, language), failed_rows(failed))
    file = BytesIO()
    with ParquetWriter(file, schema, store_schema=False) as writer:
        writer.add_key_value_metadata({"written by": MARK})
        while together := list(islice(rows, ROWS_TOGETHER)):
            table = {name: [_cell(row[name], name) for row in together] for name in types}
            writer.write_table(pyarrow.table(table, schema=schema))
            yield _taken(file)
    yield _taken(file)


def _cell(text: str, name: str) -> str | float | None:
    if not text:
        return None
    return text if name in TEXTS else float(text)


def _taken(file: BytesIO) -> bytes:
    """What was written since the last time."""
    written = file.getvalue()
    file.seek(0)
    file.truncate()
    return written
