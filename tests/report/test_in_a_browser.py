"""The HTML report in a real browser: it asks for nothing, complains of nothing, and fits a phone."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from reported import FILES, PROGRAMME, outcome_of, report_of

from cpcalc.__main__ import run
from cpcalc.report.writers import render

PHONE, DESK = 360, 1200
# Asks each frame how wide its page is, what it loaded, and whether its pictures came.
ASK = """
onload = () => {
  document.title = JSON.stringify([...document.querySelectorAll("iframe")].map(frame => ({
    overflow: frame.contentDocument.documentElement.scrollWidth - frame.contentDocument.documentElement.clientWidth,
    loaded: frame.contentWindow.performance.getEntriesByType("resource").filter(item => !item.name.startsWith("data:")).length,
    pictures: [...frame.contentDocument.images].map(image => image.naturalWidth),
    font: frame.contentWindow.getComputedStyle(frame.contentDocument.body).fontSize,
    folded: frame.contentDocument.querySelectorAll("details:not([open])").length,
  })));
}
"""


@pytest.mark.slow
def test_a_browser_shows_the_report_on_a_phone_and_on_a_desk(tmp_path: Path) -> None:
    browser = shutil.which("chromium")
    if browser is None:
        return
    assert (
        run(
            [
                "programme",
                str(PROGRAMME),
                "--output",
                str(tmp_path / "programme.html"),
                "--lang",
                "vi",
            ]
        )
        == 0
    )
    pages = [
        render(report_of(outcome_of(FILES[0]), "en"), ".html").decode(),
        (tmp_path / "programme.html").read_text(encoding="utf-8"),
    ]
    frames = "".join(
        f'<iframe style="width:{width}px;height:600px" srcdoc="{html.escape(page)}"></iframe>'
        for page in pages
        for width in (PHONE, DESK)
    )
    whole = tmp_path / "frames.html"
    whole.write_text(f"<!DOCTYPE html><body>{frames}<script>{ASK}</script>", encoding="utf-8")
    done = subprocess.run(
        [
            browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
            "--enable-logging=stderr", "--virtual-time-budget=5000", "--dump-dom", whole.as_uri(),
        ],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    said = re.search("<title>(.*?)</title>", done.stdout)
    assert said is not None, done.stderr[-2000:]
    answers = json.loads(html.unescape(said[1]))
    assert len(answers) == 4
    for answer in answers:
        assert answer["overflow"] == 0
        assert answer["loaded"] == 0
        assert answer["pictures"]
        assert all(answer["pictures"])
        assert answer["font"] == "16px"
    assert answers[0]["folded"] > 10
    assert not [line for line in done.stderr.splitlines() if "CONSOLE" in line]
