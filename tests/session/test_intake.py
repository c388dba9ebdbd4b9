"""Typed and pasted text becomes finite logits or one clear sentence."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.session.intake import (
    MAX_CHARACTERS,
    MAX_LABEL_LENGTH,
    MAX_ROWS,
    IntakeError,
    Table,
    parse_number,
    parse_text,
)


def refusal(read: Callable[[], object]) -> str:
    """Return the sentence that `read` refuses with, checked to be one."""
    with pytest.raises(IntakeError) as caught:
        read()
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert sentence.endswith(".")
    return sentence


NUMBERS = {
    "huge": ("1e300", 1e300),
    "negative": ("-3", -3.0),
    "plus": ("+2.5", 2.5),
    "decimal comma": ("2,5", 2.5),
    "minus sign": ("−3", -3.0),
    "minus in exponent": ("1e−3", 1e-3),
    "blanks": (" \t7\u00a0", 7.0),
    "no leading digit": (".5", 0.5),
    "no trailing digit": ("5.", 5.0),
    "underflow": ("1e-999", 0.0),
}


@pytest.mark.parametrize(("text", "number"), NUMBERS.values(), ids=NUMBERS)
def test_a_number_is_read(text: str, number: float) -> None:
    assert parse_number(text) == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_double_survives_its_own_spelling(number: float) -> None:
    assert parse_number(repr(number)) == number


NOT_NUMBERS = {
    "nothing": (" ", "No number is written"),
    "word": ("cat", "“cat” is not a number"),
    "nan": ("NaN", "NaN is not a logit"),
    "inf": ("Infinity", "+inf is not a logit"),
    "minus inf": ("−inf", "-inf is not a logit"),
    "overflow": ("1e999", "“1e999” is too large"),
    "underscore": ("1_000", "“1_000” is not a number"),
    "hex": ("0x10", "“0x10” is not a number"),
    "thousands": ("1.000,5", "“1.000,5” is not a number"),
    "open comma": ("1,", "“1,” is not a number"),
    "other digits": ("٣", "“٣” is not a number"),
    "long": ("x" * 1000, "“" + "x" * 19 + "…” is not"),
    "control characters": ("a\x00\u202eb", "“a\ufffd\ufffdb” is not"),
}


@pytest.mark.parametrize(("text", "words"), NOT_NUMBERS.values(), ids=NOT_NUMBERS)
def test_what_is_no_finite_number_is_refused(text: str, words: str) -> None:
    assert words in refusal(lambda: parse_number(text))


ONE_ROW = {
    "commas": ("2, 1, 0.1", [2, 1, 0.1]),
    "tight commas": ("1,2,3", [1, 2, 3]),
    "uneven commas": ("1,2, 3", [1, 2, 3]),
    "semicolons": ("1;2 ; 3", [1, 2, 3]),
    "tabs": ("1\t2\t3", [1, 2, 3]),
    "blanks": (" 1  2 3 ", [1, 2, 3]),
    "column": ("1\r\n2\r\n\r\n3", [1, 2, 3]),
    "decimal commas, semicolons": ("1,5; 2,5; 3", [1.5, 2.5, 3]),
    "decimal commas, blanks": ("1,5 2,5 3,0", [1.5, 2.5, 3]),
    "decimal commas, tabs": ("1,5\t2", [1.5, 2]),
    "decimal commas, quoted": ('"1,5","2,5"', [1.5, 2.5]),
    "ambiguous comma": ("1,5", [1, 5]),
    "point settles commas": ("1,5,2.5", [1, 5, 2.5]),
    "comma after a tab": ("1,\t2", [1, 2]),
    "trailing comma": ("1, 2,", [1, 2]),
    "brackets": ("[1, 2, 3]", [1, 2, 3]),
    "parentheses": ("(1 2 3)", [1, 2, 3]),
    "braces": ("{1; 2}", [1, 2]),
    "bracketed column": ("[[1], [2]]", [1, 2]),
    "wrapped list": ("[1. 2.\n 3.]", [1, 2, 3]),
    "numpy": ("np.array([1., 2.], dtype=np.float32)", [1, 2]),
    "torch": ("tensor([ 1.0000, -2.0000],\n       grad_fn=<ViewBackward0>)", [1, -2]),
    "comments": ("# two\n1 2\n # end", [1, 2]),
    "byte order mark": ("\ufeff1 2", [1, 2]),
    "single": ("3", [3]),
}


@pytest.mark.parametrize(("text", "row"), ONE_ROW.values(), ids=ONE_ROW)
def test_text_of_one_row(text: str, row: list[float]) -> None:
    assert parse_text(text) == Table((tuple(row),), None)


TWO_ROWS = {
    "lines": "1 2\n3 4",
    "csv": "1,2\n3,4\n",
    "nested": "[[1, 2], [3, 4]]",
    "nested, tight": "[[1,2] [3,4]]",
    "lists on lines": "[1, 2]\n[3, 4]",
    "tuples": "(1, 2), (3, 4)",
    "tensor": "# z\ntensor([[1., 2.],\n        [3., 4.]], device='cuda:0')",
}


@pytest.mark.parametrize("text", TWO_ROWS.values(), ids=TWO_ROWS)
def test_text_of_two_rows(text: str) -> None:
    assert parse_text(text).rows == ((1, 2), (3, 4))


def test_commas_alone_between_digits_separate_even_over_lines() -> None:
    assert parse_text("1,5\n2,5\n3,5").rows == ((1, 5), (2, 5), (3, 5))


LABELS = {
    "csv": ("cat, dog\n1,2", ("cat", "dog")),
    "quoted": ('"New York, NY",Paris\n1,2', ("New York, NY", "Paris")),
    "quoted after a blank": ('cat, "dog, wet"\n1,2', ("cat", "dog, wet")),
    "commas in names": ("cat, dry;dog, wet\n1;2", ("cat, dry", "dog, wet")),
    "blanks": ("cat dog\n1 2", ("cat", "dog")),
    "with brackets": ("height (cm);mass (kg)\n1,5;2,5", ("height (cm)", "mass (kg)")),
    "after a comment": ("# x\n\ncat\tdog\n1\t2", ("cat", "dog")),
    "duplicates": ("cat,cat\n1,2", ("cat", "cat")),
    "trailing comma": ("cat,dog,\n1,2,", ("cat", "dog")),
    "control characters": ("c\x00at,\u202edog\n1,2", ("cat", "dog")),
    "long": ("a" * 99 + ",b\n1,2", ("a" * MAX_LABEL_LENGTH, "b")),
    "title of a column": ("logit\n1\n2", None),
}


@pytest.mark.parametrize(("text", "labels"), LABELS.values(), ids=LABELS)
def test_a_first_line_of_words_names_the_columns(text: str, labels: tuple[str, ...] | None) -> None:
    assert parse_text(text).labels == labels


BAD_TEXTS = {
    "empty": (" \n", "no numbers"),
    "only comments": ("# 1 2", "no numbers"),
    "only words": ("cat,dog", "Line 1, entry 1: “cat”"),
    "word": ("1 2\n\n3 x", "Line 3, entry 2: “x”"),
    "word in a list": ("[[1, 2],\n [3, y]]", "List 2 (line 2), entry 2: “y”"),
    "word in the third list": ("[[1, 2],\n[3, 4],\n[5, y]]", "List 3 (line 3), entry 2: “y”"),
    "word in a tensor": ("# z\n\ntensor([1, y])", "Line 3, entry 2: “y”"),
    "words in brackets": ("[cat, dog]\n[1, 2]", "List 1 (line 1), entry 1: “cat”"),
    "nan first": ("nan, inf\n1, 2", "Line 1, entry 1: NaN"),
    "empty entry": ("1,,2", "Line 1, entry 2: No number"),
    "ragged": ("# z\n1 2\n3", "Line 3 has 1 number, but line 2 has 2"),
    "ragged lists": ("[[1, 2],\n[3]]", "List 2 (line 2) has 1 number, but list 1 (line 1) has 2"),
    "too wide": ("1 " * 13, "Line 1 has 13 entries, but at most 12"),
    "too wide a column": ("1\n" * 13, "There are 13 logits"),
    "too many rows": ("1 2\n" * MAX_ROWS + "x y", f"There are {MAX_ROWS + 1} rows"),
    "too many lists": ("[1]" * (MAX_ROWS + 2), "at most 100000 are read"),
    "too long": (" " * (MAX_CHARACTERS + 1), f"has {MAX_CHARACTERS + 1} characters"),
    "two separators": ("1.5; 2,5", "Line 1 has both commas and semicolons"),
    "entry without end": ("1," + "2" * 200_000, "entry too long"),
    "outside": ("[1, 2]\n3", "“3” on line 2 is outside"),
    "unpaired": ("[1, 2", "brackets do not match"),
    "unlike": ("[1, 2)", "brackets do not match"),
    "too deep": ("[[[1]]]", "brackets do not match"),
    "empty list": ("[[]]", "Line 1 has an empty list"),
    "few names": ("cat,dog\n1,2,3", "There are 2 names for 3 logits"),
    "column of row numbers": (",cat\n0,1.5", "Name 1 is empty"),
}


@pytest.mark.parametrize(("text", "words"), BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_bad_text_is_refused_with_its_place(text: str, words: str) -> None:
    assert words in refusal(lambda: parse_text(text))


@pytest.mark.parametrize(("index", "words"), [(-1, "no row 0"), (2, "no row 3")], ids=["before", "after"])
def test_a_row_outside_the_table_is_refused(index: int, words: str) -> None:
    table = Table(((1.0,), (2.0,)), None)
    assert table.row(1) == (2.0,)
    sentence = refusal(lambda: table.row(index))
    assert words in sentence
    assert "has 2 rows" in sentence
