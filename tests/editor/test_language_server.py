"""The language server as an editor meets it: a process, and messages over its standard streams."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest

pytest.importorskip("pygls")

FILE = """cpcalc: 1
numbers: international
enterprise: {id: A-1, name: "Nhà máy 😀 giấy"}
data-status: draft
basis: {period: 2011, currency: VND, factor-sets: [ipcc-2006@1, ipcc-gwp@1], gwp: AR5-100}
streams:
  coal: {kind: energy, quantity: 62 000 t/year, price: 2 million VND/t, emission-factors: ipcc-2006/anthracite}
  steam: {kind: energy, quantity: 90 000 KWh/year, price: 1 200 VND/kWh}
measures:
  - id: m1
    title: Lagging
    investment: 400 million VND
    lifetime: 10 year
    effects: {stream: coal, reduce: 5 %}
  - id: m2
    title: Traps
    after: m1
    investment: 20 million VND
    effects: {stream: steem, reduce: 5 %}
"""


class Editor:
    """An editor that speaks with the server as a real one does."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cpcalc", "lsp"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUTF8": "1"},
        )  # fmt: skip
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.to: IO[bytes] = self.process.stdin
        self.answers: IO[bytes] = self.process.stdout
        self.number = 0
        self.uri = (folder / "mill.yaml").as_uri()
        self.version = 0
        self.ask("initialize", {"processId": None, "rootUri": None, "capabilities": {}})
        self.tell("initialized", {})

    def send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.to.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.to.flush()

    def receive(self) -> dict[str, Any]:
        length = 0
        while (line := self.answers.readline().strip()) != b"":
            name, _, value = line.partition(b": ")
            length = int(value) if name.lower() == b"content-length" else length
        data: dict[str, Any] = json.loads(self.answers.read(length))
        return data

    def tell(self, method: str, params: Any) -> None:
        self.send({"method": method, "params": params})

    def ask(self, method: str, params: Any) -> Any:
        self.number += 1
        self.send({"id": self.number, "method": method, "params": params})
        while (answer := self.receive()).get("id") != self.number:
            pass
        assert "error" not in answer, answer
        return answer["result"]

    def write(self, text: str) -> list[dict[str, Any]]:
        """The problems of a text."""
        document = {"uri": self.uri, "version": self.version}
        if self.version == 0:
            self.tell(
                "textDocument/didOpen",
                {"textDocument": {**document, "languageId": "yaml", "text": text}},
            )
        else:
            self.tell(
                "textDocument/didChange",
                {"textDocument": document, "contentChanges": [{"text": text}]},
            )
        self.version += 1
        while (message := self.receive()).get("method") != "textDocument/publishDiagnostics":
            pass
        assert message["params"]["version"] == document["version"]
        problems: list[dict[str, Any]] = message["params"]["diagnostics"]
        return problems

    def at(self, method: str, text: str, words: str, within: int = 0) -> Any:
        """Ask about the place of some words, as editors count."""
        before = text[: text.index(words) + within]
        line = before.count("\n")
        column = len(before.rsplit("\n", 1)[-1].encode("utf-16-le")) // 2
        place = {"line": line, "character": column}
        return self.ask(
            f"textDocument/{method}", {"textDocument": {"uri": self.uri}, "position": place}
        )

    def complete(self, text: str, words: str) -> dict[str, dict[str, Any]]:
        self.write(text)
        items = self.at("completion", text, words, len(words)) or ()
        return {item["label"]: item for item in items}

    def hover(self, text: str, words: str, within: int = 0) -> str:
        answer = self.at("hover", text, words, within)
        return str(answer["contents"]["value"]) if answer else ""

    def mended(self, text: str, line: int) -> dict[str, str]:
        """What each quick fix of a line makes of a text."""
        place = {"line": line, "character": 0}
        asked = {
            "textDocument": {"uri": self.uri},
            "range": {"start": place, "end": place},
            "context": {"diagnostics": []},
        }
        results = {}
        for action in self.ask("textDocument/codeAction", asked):
            lines = text.split("\n")
            (edits,) = action["edit"]["changes"].values()
            for edit in edits:
                start, end = edit["range"]["start"], edit["range"]["end"]
                row = lines[start["line"]].encode("utf-16-le")
                put = edit["newText"].encode("utf-16-le")
                lines[start["line"]] = (
                    row[: 2 * start["character"]] + put + row[2 * end["character"] :]
                ).decode("utf-16-le")
            results[action["title"]] = "\n".join(lines)
        return results


@pytest.fixture(scope="module")
def editor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    started = Editor(tmp_path_factory.mktemp("mill"))
    yield started
    started.ask("shutdown", None)
    started.tell("exit", None)
    started.to.close()
    assert started.process.wait(timeout=20) == 0
    started.answers.close()
    assert started.process.stderr is not None
    started.process.stderr.close()


GOOD = FILE.replace("KWh", "kWh").replace("steem", "steam")


def test_problems_while_typing_have_the_codes_of_check(editor: Editor) -> None:
    found = editor.write(FILE)
    assert {(one["code"], one["range"]["start"]["line"], one["severity"]) for one in found} >= {
        ("CP243", 7, 1)
    }
    assert [one["range"] for one in found if one["code"] == "CP243"] == [
        {"start": {"line": 7, "character": 41}, "end": {"line": 7, "character": 44}}
    ]
    assert [one for one in editor.write(GOOD) if one["severity"] == 1] == []


def test_quick_fixes_end_the_problem(editor: Editor) -> None:
    editor.write(FILE)
    assert FILE.replace("KWh", "kWh") in editor.mended(FILE, 7).values()
    text = FILE.replace("KWh", "kWh")
    editor.write(text)
    assert editor.mended(text, 18) == {"put: steam": GOOD}


def test_a_number_with_two_readings_has_both_as_fixes(editor: Editor) -> None:
    text = GOOD.replace("numbers: international\n", "").replace("62 000 t", "62.000 t")
    editor.write(text)
    assert {title.removeprefix("put: ") for title in editor.mended(text, 5)} >= {
        "62 000 t/year",
        "62.0000 t/year",
    }


def test_fix_of_all_spellings_is_offered(editor: Editor) -> None:
    text = GOOD.replace("62 000 t", "62000 t")
    editor.write(text)
    assert editor.mended(text, 0) == {"cpcalc check --fix": GOOD}


def test_hover_gives_canonical_units_and_the_figures_it_leads_to(editor: Editor) -> None:
    editor.write(GOOD)
    said = editor.hover(GOOD, "400 million VND")
    assert "= 400 000 000 VND" in said
    assert "-> measures.m1" in said
    assert "kWh" in editor.hover(GOOD, "90 000 kWh")


def test_hover_over_a_key_says_what_it_means(editor: Editor) -> None:
    editor.write(GOOD)
    assert "title" not in editor.hover(GOOD, "lifetime: 10 year")
    assert editor.hover(GOOD, "emission-factors")
    assert editor.hover(GOOD, "2011, currency", 8)


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [
        (GOOD.replace("stream: coal", "stream: co"), "stream: co", {"coal", "steam"}),
        (GOOD.replace("after: m1", "after: "), "after: ", {"m1", "m2"}),
        (GOOD.replace("    after: m1", "    aft"), "    aft", {"after", "requires", "benefits"}),
        (GOOD.replace("kind: energy, quantity: 62", "kind: en, quantity: 62"), "kind: en", {"energy", "water"}),
        (GOOD.replace("62 000 t/year", "62 000 "), "62 000 ", {"t", "kWh", "VND"}),
        (GOOD.replace("ipcc-2006/anthracite", "ipcc"), "emission-factors: ipcc", {"ipcc-2006/anthracite"}),
        (GOOD.replace("[ipcc-2006@1, ipcc-gwp@1]", "[ipcc-2006@1, ]"), "[ipcc-2006@1, ", {"ipcc-gwp@1", "ap-42@1"}),
        (GOOD + "expect:\n  - figure: tot\n", "figure: tot", {"totals.simple_payback", "measures.m1.annual_saving", "streams.coal.after"}),
        (GOOD.replace("62 000 t/year", "62 000 t/ye"), "62 000 t/ye", {"t/year", "t/day"}),
        (GOOD.replace("ipcc-2006/anthracite", "ipcc-2006/anth"), "ipcc-2006/anth", {"ipcc-2006/anthracite"}),
        ("cpcalc-programme: 1\npublished:\n  - figure: tot\n", "figure: tot", {"totals.savings.energy"}),
        ("factor-set: own\nfactors:\n  - {id: a, emits: [{of: CO2, val\n", "CO2, val", {"value", "times"}),
        (GOOD + "  - id: m3\n    title: x\n    effects: {stream: coal, incr\n", "coal, incr", {"reduce", "increase"}),
    ],
)  # fmt: skip
def test_completion(editor: Editor, text: str, words: str, expected: set[str]) -> None:
    assert set(editor.complete(text, words)) >= expected


def test_what_is_chosen_replaces_the_whole_word(editor: Editor) -> None:
    text = GOOD.replace("Nhà máy", "Nhà máy 😀").replace("ipcc-2006/anthracite", "ipcc-2006/anth")
    item = editor.complete(text, "emission-factors: ipcc-2006/anth")["ipcc-2006/anthracite"]
    start, end = (item["textEdit"]["range"][one]["character"] for one in ("start", "end"))
    assert text.split("\n")[6][start:end] == "ipcc-2006/anth"


def test_a_figure_is_offered_with_its_value(editor: Editor) -> None:
    text = GOOD + "expect:\n  - figure: streams.co\n"
    assert "t/year" in editor.complete(text, "streams.co")["streams.coal.after"]["detail"]


def test_hover_in_a_factor_set_gives_canonical_units(editor: Editor) -> None:
    text = "factor-set: own\nfuels:\n  - {id: husk, name: Husk, ncv: {value: 15 GJ/t}}\n"
    editor.write(text)
    assert "= 4 166.667 kWh/t" in editor.hover(text, "15 GJ/t", 1)


def test_files_of_other_programs_have_no_problems(editor: Editor) -> None:
    assert editor.write("name: ci\non: [push]\njobs: {}\n") == []


def test_each_open_file_has_its_own_problems_until_it_is_closed(editor: Editor) -> None:
    found = editor.write(FILE)
    other = f"{editor.uri.removesuffix('.yaml')}-2.yaml"
    document = {"uri": other, "version": 1, "languageId": "yaml", "text": "cpcalc: 2\n"}
    editor.tell("textDocument/didOpen", {"textDocument": document})
    published: dict[str, Any] = {"uri": other, "diagnostics": []}
    while "CP690" not in [one["code"] for one in published["diagnostics"]]:
        published = editor.receive().get("params", published)
        assert published["uri"] == other
    editor.tell("textDocument/didClose", {"textDocument": {"uri": other}})
    assert editor.receive()["params"] == {"uri": other, "diagnostics": []}
    assert editor.write(FILE) == found


def test_a_place_behind_the_end_breaks_nothing(editor: Editor) -> None:
    editor.write(GOOD)
    place = {"line": 999, "character": 5}
    editor.ask("textDocument/hover", {"textDocument": {"uri": editor.uri}, "position": place})


def test_definitions_of_streams_measures_and_factors(editor: Editor) -> None:
    editor.write(GOOD)
    stream = editor.at("definition", GOOD, "stream: coal", 9)
    assert stream == {
        "uri": editor.uri,
        "range": {"start": {"line": 6, "character": 2}, "end": {"line": 6, "character": 6}},
    }
    assert editor.at("definition", GOOD, "after: m1", 8)["range"]["start"]["line"] == 9
    factor = editor.at("definition", GOOD, "ipcc-2006/anthracite", 3)
    assert factor["uri"].endswith("emission_factors/ipcc-2006/1.yaml")
    assert factor["range"]["start"]["line"] > 0
    assert editor.at("definition", GOOD, "ipcc-2006@1", 3)["uri"].endswith("ipcc-2006/1.yaml")
    assert editor.at("definition", GOOD, "title: Lagging", 8) is None


@pytest.mark.parametrize(
    "text",
    ["", "x", "cpcalc: 1\n\t", "- a\n- b\n", "{", "cpcalc: 1\nstreams:\n  a: {kind: [", "\u2028"],
)
def test_half_written_files_break_nothing(editor: Editor, text: str) -> None:
    editor.write(text)
    for method in ("hover", "completion", "definition"):
        place = {"line": 0, "character": min(1, len(text.split("\n", maxsplit=1)[0]))}
        editor.ask(
            f"textDocument/{method}", {"textDocument": {"uri": editor.uri}, "position": place}
        )
    assert editor.mended(text, 0) == {}
