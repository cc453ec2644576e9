"""Which of the problems found `check` lists: by number, family or name, and less what a baseline file knows."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from cpcalc.app.check import Checked
from cpcalc.app.files import NotReadableError, read_bytes, write_atomically
from cpcalc.diagnostics import Diagnostic, catalogue, dotted, nearest_entries

BASELINE_SCHEMA = "cpcalc/baseline/1"

# A known problem: file (relative to the baseline file), name of the diagnostic, and the place in the document. Lines
# are left out, so that a comment added above a known problem does not make it new.
Key = tuple[str, str, str]


class UnknownSelector(Exception):  # noqa: N818 - it says what is the matter, as the command line does
    """A --select or --ignore that stands for no diagnostic, with the nearest names."""

    def __init__(self, text: str, nearest: Sequence[str]) -> None:
        super().__init__(text)
        self.text = text
        self.nearest = tuple(nearest)


class BaselineUnusable(Exception):  # noqa: N818
    """A baseline file that cannot be read or is none; ``reason`` is a key of the text tables or the system's words."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(name)
        self.name = name
        self.reason = reason


def names_selected(texts: Iterable[str]) -> frozenset[str]:
    """The diagnostics that selectors stand for: a number (CP203), the beginning of one (CP2), or a name."""
    chosen: set[str] = set()
    for text in (part.strip() for whole in texts for part in whole.split(",")):
        if text in catalogue():
            chosen.add(text)
            continue
        found = {
            entry.name
            for entry in catalogue().values()
            if len(text) > 1 and entry.number.startswith(text.upper())
        }
        if not found:
            raise UnknownSelector(text, nearest_entries(text))
        chosen |= found
    return frozenset(chosen)


def selected(checked: Checked, wanted: frozenset[str] | None, unwanted: frozenset[str]) -> Checked:
    """The same file with only the wanted problems."""
    if wanted is None and not unwanted:
        return checked
    kept = tuple(
        diagnostic
        for diagnostic in checked.diagnostics
        if (wanted is None or diagnostic.name in wanted) and diagnostic.name not in unwanted
    )
    return checked._replace(diagnostics=kept)


# ---- baseline -------------------------------------------------------------------------------------------------------


def _key(checked: Checked, diagnostic: Diagnostic, folder: str) -> Key:
    name = os.path.relpath(diagnostic.file or checked.name, folder or ".").replace("\\", "/")
    return name, diagnostic.name, dotted(diagnostic.path, checked.ids)


def _counts(diagnostic: Diagnostic) -> bool:
    return diagnostic.severity != "notice"


def write_baseline(name: str, files: Iterable[Checked]) -> int:
    """Write the errors and warnings of the files as known ones; how many there are."""
    import json

    folder = os.path.dirname(name)
    known = Counter(
        _key(checked, diagnostic, folder)
        for checked in files
        for diagnostic in checked.diagnostics
        if _counts(diagnostic)
    )
    entries = [
        {"file": file, "name": code, "at": at, "count": known[file, code, at]}
        for file, code, at in sorted(known)
    ]
    document = {"schema": BASELINE_SCHEMA, "known": entries}
    write_atomically(name, [json.dumps(document, ensure_ascii=True, indent=1), "\n"])
    return sum(known.values())


def read_baseline(name: str) -> Counter[Key]:
    """The known problems of a baseline file; raises BaselineUnusable."""
    import json

    try:
        document = json.loads(read_bytes(name))
    except NotReadableError as error:
        raise BaselineUnusable(name, error.reason) from error
    except (ValueError, RecursionError) as error:
        raise BaselineUnusable(name, "not-a-baseline") from error
    known: Counter[Key] = Counter()
    entries = document.get("known") if isinstance(document, Mapping) else None
    if not isinstance(entries, list) or document.get("schema") != BASELINE_SCHEMA:
        raise BaselineUnusable(name, "not-a-baseline")
    for entry in entries:
        if not isinstance(entry, Mapping):
            raise BaselineUnusable(name, "not-a-baseline")
        file, code, at, count = (entry.get(key) for key in ("file", "name", "at", "count"))
        if not (
            isinstance(file, str)
            and isinstance(code, str)
            and isinstance(at, str)
            and isinstance(count, int)
        ):
            raise BaselineUnusable(name, "not-a-baseline")
        known[file, code, at] += count
    return known


def without_known(
    files: Sequence[Checked], known: Counter[Key], name: str
) -> tuple[list[Checked], int, list[Key]]:
    """The files less what is known, how many problems that were, and the entries that no longer occur in them."""
    left = Counter(known)
    folder = os.path.dirname(name)
    hidden = 0
    kept_files = []
    for checked in files:
        kept = []
        for diagnostic in checked.diagnostics:
            key = _key(checked, diagnostic, folder)
            if _counts(diagnostic) and left[key] > 0:
                left[key] -= 1
                hidden += 1
            else:
                kept.append(diagnostic)
        kept_files.append(checked._replace(diagnostics=tuple(kept)))
    seen = {os.path.relpath(checked.name, folder or ".").replace("\\", "/") for checked in files}
    return (
        kept_files,
        hidden,
        sorted(key for key, count in left.items() if count > 0 and key[0] in seen),
    )
