"""Tables and JSON."""

import pytest

from weft.cli.output import cell, clock, print_json, print_table

ROW = ("d" * 40, ["fd00:10::f816:ff:fe01:5d46", "10.0.0.5"] * 8, None, True, "[fd00::1]:80")


def test_a_row_in_a_pipe_is_one_line_with_everything_whole(capsys: pytest.CaptureFixture[str]):
    print_table(("id", "addresses", "site", "alive", "url"), [ROW], "none")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].split() == ["d" * 40, *ROW[1], "-", "yes", "[fd00::1]:80"]


def test_an_empty_table_says_so_aside(capsys: pytest.CaptureFixture[str]):
    print_table(("id",), [], "no ports")
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "no ports\n")


def test_json_is_indented_and_complete(capsys: pytest.CaptureFixture[str]):
    print_json([{"a": None}])
    assert capsys.readouterr().out == '[\n  {\n    "a": null\n  }\n]\n'


@pytest.mark.parametrize(
    ("value", "text"), [(None, "-"), ("", "-"), (0, "0"), (False, "no"), ([], "-"), ([1, 2], "1 2")]
)
def test_cells(value: object, text: str):
    assert cell(value) == text


def test_times_are_utc_to_the_millisecond():
    assert clock(1_795_234_830_620) == "2026-11-21 04:20:30.620"
    assert clock(None) is None
