"""What must stay fast is guarded by what is not imported."""

from __future__ import annotations

import subprocess
import sys

import pytest


def modules_after(*arguments: str) -> set[str]:
    """The modules loaded once a command line has run."""
    script = f"import sys; from cpcalc.__main__ import run; run({list(arguments)!r}); print('\\nLOADED', *sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("arguments", [("--help",), ("--version",)])
def test_help_and_version_load_neither_models_nor_pint_nor_tables(arguments: tuple[str, ...]) -> None:
    loaded = modules_after(*arguments)
    assert not loaded & {"pint", "numpy", "cpcalc.schema.assessment", "rich.table"}
