"""Files are worked on in one process or several; one that ends its process costs only itself."""

from __future__ import annotations

import os
from functools import partial

import pytest

from cpcalc.app.many import results

NAMES = [str(number) for number in range(30)]


def answered(name: str, deadly: tuple[str, ...] = ()) -> tuple[str, int]:
    """A name with the process that saw it; a deadly one ends the process."""
    if name in deadly:
        os._exit(9)
    return name, os.getpid()


def refuses(name: str) -> str:
    if name == "9":
        raise ValueError("nine")
    return name


def test_few_files_are_done_in_this_process() -> None:
    assert {result for _, result in results(answered, NAMES)} == {
        (name, os.getpid()) for name in NAMES
    }


def test_every_file_is_answered_once_from_several_processes() -> None:
    found = dict(results(answered, NAMES, jobs=2))
    assert [found[position][0] for position in range(30)] == NAMES  # type: ignore[index]
    assert os.getpid() not in {process for _, process in filter(None, found.values())}


def test_files_that_end_their_process_cost_only_themselves() -> None:
    found = dict(results(partial(answered, deadly=("7", "23")), NAMES, jobs=2))
    assert sorted(found) == list(range(30))
    assert [position for position in sorted(found) if found[position] is None] == [7, 23]


def test_a_fault_in_the_work_is_seen_as_without_processes() -> None:
    for jobs in (1, 2):
        with pytest.raises(ValueError, match="nine"):
            dict(results(refuses, NAMES, jobs=jobs))
