"""Errors of a command line, and the frame of its help, in the language that is asked for."""

import pytest

from cpcalc.__main__ import run


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bogus"], "Lỗi: Không có lệnh 'bogus'."),
        (["assess"], "Lỗi: Thiếu đối số 'FILE'."),
        (["assess", "--measure"], "Lỗi: Tùy chọn '--measure' cần một đối số."),
        (["assess", "x.yaml", "--bogus"], "Lỗi: Không có tùy chọn: --bogus"),
        (["why", "a", "b", "c"], "Lỗi: Thừa đối số (c)"),
    ],
)
def test_a_wrong_command_line_is_told_in_vietnamese(
    arguments: list[str],
    said: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CPCALC_LANG", "vi")
    assert run(arguments) == 2
    text = capsys.readouterr().err
    assert said in text
    assert text.startswith(("Cách dùng: cpcalc", said))


def test_the_language_of_the_command_line_holds_for_its_errors(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["assess", "--lang", "vi", "--bogus"]) == 2
    assert "Gõ 'cpcalc assess -h' để xem hướng dẫn." in capsys.readouterr().err
    assert run(["assess", "--bogus"]) == 2
    assert "Error: No such option: --bogus" in capsys.readouterr().err


def test_the_frame_of_the_help_is_vietnamese(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CPCALC_LANG", "vi")
    assert run(["assess", "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("Cách dùng: cpcalc assess [tùy chọn] FILE...")
    assert not {"Usage:", "Options:", "Arguments:", "[required]"} & set(text.split())
