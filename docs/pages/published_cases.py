"""assessments/published/README.md: every published case, its source, and what of it is reproduced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

FOLDER = "assessments/published"

INTRODUCTION = """\
# Published cases

Real cases of cleaner production, typed from what was published about them: the evidence that cpcalc gives the answers
that others have printed. Generated from the files of this folder by `docs/generate.py`; do not edit.

How they were typed:

- Each file names its source, has `data-status: published`, and says in its comments what is odd about the source:
  ranges and bounds instead of values, two currencies for one amount, a unit that cannot be meant, a cut copy.
- Nothing is filled in. Where no investment, quantity or output was published, there is none, and what needs it is
  incomplete. Only a case without measures stands as a group: its totals, without members.
- Published figures stand under `expect:`. "not published" in their source marks a figure that follows from the
  published ones by plain arithmetic (a payback from investment and saving) and was not printed.
- A figure that only repeats one typed amount tests no calculation, nor does one that rests on a balancing entry (an
  amount chosen so that a published sum comes out, marked `balancing: true`): both are counted apart.
- A figure that cannot be reproduced says why. Nothing was bent to make it fit.
- The type of a measure (good housekeeping, on-site recovery ...) is our classification, unless the source prints one.
- "tons" in the Vietnamese cases are metric; the US plant's are short tons.
- Some sources were read in copies that break off; the comments say so.
"""

NOT_TYPED = """\
## Not typed

Cases without any measure or total in money or in kind in the part that could be read:

| case | what there is |
|---|---|
| Vinh Phu Shoes, Phú Thọ | capacity, a production 500 times as large (a slip), toluene and solid waste before |
| Hai Dang fish meal | output and a loss of fish dust before |
| Viet Tien fish sauce, Quảng Nam | ten options without figures; waste water in multiples of the standard |
| Kim Anh steel, Nghệ An | output, dust and noise at the workplace |
| Song Lam sugar, Nghệ An | capacity and waste water before |
| Hong Ha beer, Phú Thọ | output, waste water, COD and BOD before |
| Intimex Thanh Chuong tapioca starch, Nghệ An | capacity, peel and wet dregs before |
| Roof Panel Factory, Thái Nguyên | capacity |
| Hong Ngoc agarwood, Quảng Nam | residues, COD, BOD and TSS before |
| Duc Phong bamboo and rattan, Nghệ An | waste water and flue gas before |
| Anh Minh foundry, Hải Phòng | operating hours, tariff, missing meters |
| a galvaniser in Khánh Phú industrial park, Ninh Bình | shares of load, lamp ratings |

Programme totals that are no sum of savings: 11 oil and soap plants in Egypt (SEAM: the smallest and largest cost and
saving of 120 interventions), 21 seafood plants in the Mekong Delta (a bill, not a saving). The totals of the programme
VPEG are in the [programme file](../vpeg/).
"""


def targets(root: Path) -> Iterator[tuple[Path, str]]:
    """The page of the folder."""
    yield root / FOLDER / "README.md", page(root)


def page(root: Path) -> str:
    """The page from the files as they are."""
    from cpcalc.app.assess import Options, assess_file

    rows, reasons = [], []
    met = repeated = excused = 0
    for path in sorted((root / FOLDER).glob("*.yaml")):
        result = assess_file(str(path), Options()).result
        if result is None:
            raise ValueError(f"{path.name} has errors: cpcalc check {path}")
        outcomes = [
            "repeats" if item.outcome == "met" and item.by_construction else item.outcome
            for item in result.expectations
        ]
        rows.append(_row(path.stem, result.enterprise, outcomes))
        met += outcomes.count("met")
        repeated += outcomes.count("repeats")
        for item in result.expectations:
            if item.outcome == "not-reproduced":
                excused += 1
                because = _text(item.because or "")
                reasons.append(
                    f"- [{path.stem}]({path.stem}.yaml): `{item.figure}` {item.expected}: {because}"
                )
    counted = (
        f"{len(rows)} files. {met} expected figures that test a calculation hold. {repeated} more test none: they repeat "
        "what is typed, or rest on a balancing entry."
    )
    if excused:
        counted += f" {excused} published figures are not reproduced."
    return "\n".join(
        (
            INTRODUCTION,
            counted,
            "",
            "| case | enterprise | source | hold | test nothing | not reproduced |",
            "|---|---|---|---|---|---|",
            *rows,
            "",
            "## Not reproduced",
            "",
            *reasons,
            "",
            NOT_TYPED,
        )
    )


def _row(name: str, enterprise: Mapping[str, Any], outcomes: Sequence[str]) -> str:
    from cpcalc.texts import title

    source = "<br>".join(
        _link(_text(item["title"]), item.get("url", "")) for item in enterprise["source"]
    )
    who = f"{_text(title(enterprise['name'], 'en'))}, {_text(str(enterprise.get('country', '')))}"
    excused = outcomes.count("not-reproduced") or ""
    met, repeated = outcomes.count("met") or "", outcomes.count("repeats") or ""
    return f"| [{name}]({name}.yaml) | {who} | {source} | {met} | {repeated} | {excused} |"


def _text(words: str) -> str:
    from cpcalc.report.markdown import escaped

    return escaped(" ".join(words.split()))


def _link(title: str, url: str) -> str:
    return f"[{title}]({url})" if url and " " not in url else title
