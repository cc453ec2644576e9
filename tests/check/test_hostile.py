"""Input that means harm or is no assessment at all: each ends with a diagnostic and a documented exit code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cpcalc.__main__ import run
from cpcalc.source.reader import LARGEST_FILE_BYTES, MOST_ENTRIES

HEAD = b"cpcalc: 1\nenterprise: {id: A-1, name: Mill}\ndata-status: draft\n"
VIETNAMESE = "cpcalc: 1\nenterprise: {id: A-1, name: Nhà máy}\ndata-status: draft\n"

CASES: tuple[tuple[str, bytes, str], ...] = (
    ("nothing", b"", "empty-file"),
    ("spaces", b" \n\n", "empty-file"),
    ("arbitrary bytes", bytes(range(256)) * 8, "wrong-encoding"),
    ("NUL", HEAD + b"notes: \x00\n", "foreign-character"),
    ("utf-16", VIETNAMESE.encode("utf-16"), "wrong-encoding"),
    ("utf-16 without a mark", VIETNAMESE.encode("utf-16-le"), "wrong-encoding"),
    ("utf-32", VIETNAMESE.encode("utf-32"), "wrong-encoding"),
    ("windows-1258", "name: Nha\u0300 ma\u0301y giâ\u0301y".encode("cp1258"), "wrong-encoding"),
    ("tcvn3", b"name: Nh\xb5 m\xb8y gi\xcay \xae\xad\xeeng", "wrong-encoding"),
    ("deep flow", b"a: " + b"[" * 200_000, "nesting-too-deep"),
    ("deep block", b"".join(b" " * n + b"a:\n" for n in range(400)), "nesting-too-deep"),
    ("deep and closed", b"a: " + b"[" * 5000 + b"]" * 5000, "nesting-too-deep"),
    (
        "alias bomb",
        b"a: &a [x, x, x]\n" + b"".join(b"%c: &%c [*%c, *%c, *%c]\n" % (n, n, *[n - 1] * 3) for n in range(98, 122)),
        "yaml-anchor",
    ),
    ("python tag", HEAD + b"notes: !!python/object/apply:os.system [echo hello]\n", "yaml-tag"),
    ("python name", HEAD + b"notes: !!python/name:os.system\n", "yaml-tag"),
    ("merge", HEAD + b"basis: {<<: {currency: VND}}\n", "yaml-merge-key"),
    ("another tool", b"name: sum\ninitialize:\n  plugins: {}\ntree: {}\n", "not-a-cpcalc-file"),
    ("json", b'{"a": [1, 2, {"b": null}]}', "not-a-cpcalc-file"),
    ("html", b"<!doctype html><p>hello</p>\n", "not-a-mapping"),
    ("zip", b"PK\x03\x04\x14\x00\x06\x00", "foreign-character"),
    ("many digits", HEAD + b"streams: {a: {kind: energy, quantity: " + b"9" * 99_999 + b" kWh}}\n", "not-a-number"),
    ("power tower", HEAD + b"streams: {a: {kind: energy, quantity: 9**9**9**9 kWh/year}}\n", "arithmetic-in-a-number"),
    ("unit tower", HEAD + b"streams: {a: {kind: energy, quantity: 5 kWh^9^9^9/year}}\n", "unit-unreadable"),
    ("long line", HEAD + b"notes: " + b"x" * 900_000 + b"\n", "unknown-key"),
    ("too large", HEAD + b"# \n" * LARGEST_FILE_BYTES, "file-too-large"),
    ("many keys", HEAD + b"".join(b"k%d: 1\n" % n for n in range(MOST_ENTRIES + 1)), "too-many-entries"),
    ("many problems", HEAD + b"".join(b"k%d: 1\n" % n for n in range(MOST_ENTRIES - 10)), "further-problems"),
    ("the same key again", HEAD + b"a: 1\n" * 1500, "duplicate-key"),
    (
        "long chain",
        HEAD + b"streams:\n" + b"".join(b"  s%d: {part-of: s%d, share: 5 %%}\n" % (n, n + 1) for n in range(1500)),
        "too-many-links",
    ),
    (
        "long chain, parents first",
        HEAD + b"streams:\n  s0: {kind: energy, quantity: 1 MWh/year}\n"
        + b"".join(b"  s%d: {part-of: s%d, share: 5 %%}\n" % (n + 1, n) for n in range(300)),
        "too-many-links",
    ),
    (
        "many ways",
        HEAD + b"streams:\n" + b"".join(
            b"  %c%d: {kind: energy, quantity: 1 t/year, made-from: {a%d: 1 t/t, b%d: 1 t/t}}\n"
            % (side, n, n + 1, n + 1)
            for n in range(40) for side in b"ab"
        ) + b"  a40: {kind: energy, quantity: 1 t/year}\n  b40: {kind: energy, quantity: 1 t/year}\n",
        "too-many-links",
    ),
    ("text that loses its end", HEAD + b"notes: 'a\nb'# c\n", "yaml-comment-needs-space"),
    ("flow at the left edge", HEAD + b"notes: [a,\nb]\n", "yaml-indentation"),
    ("tab in a quoted text", b'cpcalc: "1\n\tx"\n', "yaml-indentation"),
    ("half a character", HEAD + b'notes: "\\ud800"\n', "yaml-escape"),
    ("right to left", HEAD + "notes: \u202eabc\n".encode(), "unknown-key"),
)  # fmt: skip
FORMS = ("full", "github", "sarif", "junit", "json")
MANY_LINES = ("many problems", "the same key again", "long line")


@pytest.mark.parametrize(("name", "data", "diagnostic"), CASES, ids=[case[0] for case in CASES])
def test_each_ends_with_a_diagnostic(
    name: str, data: bytes, diagnostic: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_bytes(data)
    assert run(["check", "--format", "concise", str(path)]) == 1
    caught = capsys.readouterr()
    assert f"[{diagnostic}]" in caught.out
    assert ": error[" in caught.out
    assert "fault" not in caught.err
    assert all(character.isprintable() or character == "\n" for character in caught.out)
    for form in FORMS if name in MANY_LINES else ("full",):
        assert run(["check", "--format", form, "--lang", "vi", str(path)]) == 1
        assert len(capsys.readouterr().out) < 2_000_000
    assert run(["assess", str(path)]) == 1


def checked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run(["check", "--format", "concise", *arguments])
    caught = capsys.readouterr()
    assert "fault" not in caught.err
    return code, caught.out + caught.err


@pytest.mark.parametrize(
    "link", ["part-of: s%d, share: 99 %%", "kind: water, follows: {s%d: 1 t/t}"]
)
def test_a_long_chain_of_streams_is_accepted(
    link: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [f"  s{n}: {{{link % (n - 1)}}}\n" for n in range(1, 300)]
    path = tmp_path / "chain.yaml"
    first = "streams:\n  s0: {kind: water, quantity: 1 t/year}\n"
    path.write_bytes(HEAD + (first + "".join(lines)).encode())
    run(["check", "--format", "concise", str(path)])
    assert "error" not in capsys.readouterr().out


def test_a_folder_with_the_name_of_a_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.yaml").mkdir()
    assert (
        checked(capsys, str(tmp_path / "x.yaml"))[0] == 2
    )  # named itself it is a folder without files
    code, said = checked(capsys, str(tmp_path))
    assert code == 1
    assert "x.yaml:1:1: error[file-not-readable]" in said


def test_links_in_a_circle_and_to_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.yaml").symlink_to(tmp_path / "b.yaml")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
    (tmp_path / "c.yaml").symlink_to(tmp_path / "nowhere.yaml")
    (tmp_path / "self").symlink_to(tmp_path, target_is_directory=True)
    code, said = checked(capsys, str(tmp_path))
    assert code == 1
    assert said.count("error[file-not-readable]") == 3
    assert checked(capsys, str(tmp_path / "a.yaml"))[0] == 1


def test_a_pipe_is_refused_and_not_waited_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if not hasattr(os, "mkfifo"):
        return
    os.mkfifo(tmp_path / "pipe.yaml")
    code, said = checked(capsys, str(tmp_path))
    assert code == 1
    assert "it is not a regular file" in said
    assert checked(capsys, "/dev/zero")[0] == 1


def test_a_file_without_rights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "secret.yaml"
    path.write_bytes(HEAD)
    path.chmod(0)
    code, said = checked(capsys, str(path))
    if code:  # the administrator may read everything
        assert code == 1
        assert "permission denied" in said


def test_names_that_are_no_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = os.fsencode(str(tmp_path)) + b"/\xff\x1b[31m.yaml"
    try:
        with open(name, "wb") as stream:
            stream.write(b"x")
    except OSError:
        return  # this file system takes only text
    for form in ("full", "concise", "github", "sarif", "junit", "json"):
        assert run(["check", "--format", form, str(tmp_path)]) == 1
        shown = capsys.readouterr().out
        shown.encode("utf-8")
        assert "\x1b" not in shown
    assert (
        run(["check", "--format", "json", "--output", str(tmp_path / "out.json"), str(tmp_path)])
        == 1
    )


def test_an_expectation_in_any_form_is_its_own_files_problem(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The others of a folder are checked all the same, whatever form an amount has."""
    (tmp_path / "other.yaml").write_bytes(HEAD + b"colour: red\n")
    measure = "measures: {id: m, title: M, benefits: {saves: 2 million VND/year, as: energy}}\n"
    amount = "2 million VND/year"
    forms = (
        f"{{low: {amount}, high: 3 million VND/year}}", f"{{at-least: {amount}}}",
        f"{{at-most: {amount}}}", f"{{value: {amount}}}", "[]", "{}", "0", "2 %", "5 month",
        f"{{value: {amount}, over: 6 month, annualise-by: time}}",
    )  # fmt: skip
    for key in ("value", "printed", "at-least", "at-most"):
        for number, form in enumerate(forms):
            expect = f"expect: [{{figure: totals.annual_saving, {key}: {form}, source: s}}]\n"
            file = tmp_path / f"{key}-{number}.yaml"
            file.write_text(HEAD.decode() + measure + expect, encoding="utf-8")
    code, said = checked(capsys, str(tmp_path), "--format", "concise")
    assert code == 1
    assert "other.yaml:4:1: error[unknown-key]" in said
    assert "printed-0.yaml:5:41: error[wrong-shape]" in said


@pytest.mark.slow
def test_the_script_for_a_corpus_finds_what_ends_badly(tmp_path: Path) -> None:
    suite = tmp_path / "yaml_test_suite.jsonl"
    broken = {"id": "one", "yaml": "a: [1", "must_fail": True}
    suite.write_text(json.dumps(broken) + "\n", encoding="utf-8")
    (tmp_path / "blns.json").write_text(
        json.dumps(["\u202e", "\ufffe", "<![CDATA[", "]]>", "\0"]), encoding="utf-8"
    )
    script = [
        sys.executable,
        str(Path(__file__).parents[2] / "benchmarks" / "hostile.py"),
        str(tmp_path),
    ]
    done = subprocess.run([*script, "--mutants", "20"], capture_output=True, text=True, check=False)
    assert done.stdout.endswith("all ended as they must\n"), done.stdout + done.stderr
    assert done.returncode == 0
    suite.write_text(json.dumps({**broken, "yaml": "a: 1"}) + "\n", encoding="utf-8")
    done = subprocess.run([*script, "--mutants", "0"], capture_output=True, text=True, check=False)
    assert "yaml/one: broken YAML accepted by the reader" in done.stdout
    assert done.returncode == 1
