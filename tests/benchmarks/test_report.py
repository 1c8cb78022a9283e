"""Tables on the screen and in Markdown."""

from benchmarks.report import Table, megabytes, microseconds


def test_text_is_aligned():
    table = Table("Times", ["", "µs"], [["a", "1"], ["longer", "1,000"]], "a note")
    assert table.text().splitlines() == [
        "Times",
        "           µs",
        "a           1",
        "longer  1,000",
        "a note",
    ]


def test_markdown():
    table = Table("Times", ["", "µs"], [["a", "1"]], "a note")
    assert table.markdown().splitlines() == [
        "### Times",
        "",
        "|  | µs |",
        "| --- | --: |",
        "| a | 1 |",
        "",
        "a note",
    ]


def test_three_digits():
    assert [microseconds(s) for s in (1.234e-6, 45.67e-6, 99.96e-6, 0.0123456)] == [
        "1.23",
        "45.7",
        "100",
        "12,346",
    ]
    assert megabytes(123_456_789) == "123"
