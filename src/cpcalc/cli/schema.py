"""`cpcalc schema`: the JSON Schema of a file format, with which editors complete and check while typing."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from cpcalc.cli.exits import NOT_DONE, OK

Kind = Literal["assessment", "programme", "factor-set"]


def schema(
    kind: Annotated[Kind, typer.Argument(help="The kind of file.")] = "assessment",
    output: Annotated[
        str | None, typer.Option(metavar="FILE", help="Write to this file, in one piece.")
    ] = None,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show a traceback when cpcalc itself fails.")
    ] = False,
) -> int:
    """Print the JSON Schema of a file format, for editors.

    Every key is explained in English and Vietnamese. Write it beside your files and begin each with the line that
    --output names: editors with a YAML language server then complete and check while you type.
    """
    from cpcalc.app.schemas import modeline, schema_text
    from cpcalc.cli.output import complain, deliver

    if deliver(schema_text(kind), output):
        return NOT_DONE
    if output is not None:
        complain([modeline(output)])
    return OK
