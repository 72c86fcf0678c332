"""Terminal manners: nothing hostile passes, and nothing is said by colour alone."""

import io

import pytest

from controller.output.terminal import Terminal, cut, safe, told

PLAN = "  + LogGroup   new\n  ! drift: Route/x\nhello  OutOfSync  Degraded"


class Stream(io.StringIO):
    def __init__(self, encoding: str = "utf-8", *, tty: bool = True):
        super().__init__()
        self._encoding, self._tty = encoding, tty

    @property
    def encoding(self):  # type: ignore[override]  # typeshed would let it be written; io does not
        return self._encoding

    def isatty(self):
        return self._tty


@pytest.mark.parametrize("text", ["\x1b[2Jx", "\x9b31mx", "a\rb", "x\x07", "\u202eabc", "\x1b]0;title\x07"])
def test_what_aws_says_cannot_move_the_cursor(text):
    shown = Terminal(colour=True).dressed(text)
    assert not any(ord(each) < 32 or 0x7F <= ord(each) < 0xA0 or each == "\u202e" for each in shown)
    assert safe("line\n\tnext") == "line\n\tnext"


def test_colour_only_repeats_the_symbols():
    coloured = Terminal(colour=True).dressed(PLAN)
    assert "\x1b[32m+\x1b[0m" in coloured
    assert safe(coloured.replace("\x1b[0m", "")) != PLAN
    plain = Terminal(colour=False).dressed(PLAN)
    assert plain == PLAN
    import click

    assert click.unstyle(coloured) == PLAN


@pytest.mark.parametrize(
    ("variables", "tty", "said", "colour"),
    [
        ({}, True, None, True),
        ({}, False, None, False),
        ({"NO_COLOR": "1"}, True, None, False),
        ({"TERM": "dumb"}, True, None, False),
        ({"FORCE_COLOR": "1"}, False, None, True),
        ({"FORCE_COLOR": "1"}, False, False, False),
        ({"NO_COLOR": "1"}, False, True, True),
    ],
)
def test_when_there_is_colour(monkeypatch, variables, tty, said, colour):
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert Terminal.of(Stream(tty=tty), colour=said).colour is colour


def test_symbols_fall_back_to_ascii():
    shown = Terminal.of(Stream("latin-1", tty=False)).dressed("✔ ready ± … → └─ Grüße")
    assert shown == "ok ready +/- ... -> `-- Gr??e".replace("`--", "`-")
    assert shown.isascii()


def test_a_pipe_is_a_hundred_wide_and_nothing_is_cut_there():
    assert Terminal.of(Stream(tty=False)).width == 100


def test_long_values_are_cut_in_the_middle():
    assert cut("arn:aws:elasticloadbalancing:eu-west-1", 11) == "arn:a…est-1"
    assert cut("short", 11) == "short"


def test_times_as_people_read_them():
    assert [told(seconds) for seconds in (0.94, 48, 112, 7500)] == ["0.9s", "48s", "1m 52s", "2h 05m"]
