"""No text and no bytes bring out anything but a sound table or a sentence."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from explorer.session.intake import MAX_CLASSES, IntakeError, Table, parse_text
from explorer.session.intake_files import read_file

FUZZ = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def check_outcome(read: Callable[[], Table]) -> None:
    """Check that `read` gives a sound table or refuses with a sentence."""
    try:
        table = read()
    except IntakeError as error:
        assert str(error).isprintable()
        assert str(error).endswith(".")
        return
    widths = {len(row) for row in table.rows}
    assert len(widths) == 1
    assert 1 <= widths.pop() <= MAX_CLASSES
    assert np.isfinite(table.rows).all()
    assert table.labels is None or len(table.labels) == len(table.rows[0])


def npy_header(descr: str, shape: str, body: bytes = b"") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body


SCRAPS = st.sampled_from(
    [
        "1",
        "2,5",
        "-3.5",
        "nan",
        "cat",
        "1e999",
        ",",
        ";",
        "\t",
        " ",
        "\n",
        "[",
        "]",
        "(",
        ")",
        '"',
        "#",
        "array(",
    ]
)


@FUZZ
@given(st.one_of(st.text(), st.lists(SCRAPS).map("".join)))
@example("\ud800")
def test_any_text_gives_a_table_or_a_sentence(text: str) -> None:
    check_outcome(lambda: parse_text(text))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["logits", "labels", "cat"]), inner),
).map(lambda value: json.dumps(value).encode())

NPY_FILES = st.builds(
    npy_header,
    st.one_of(st.sampled_from(["'<f2'", "'>f8'", "'<i4'", "'|u1'", "'|O'", "'<U1'", "[('a', '<f8')]"]), st.text()),
    st.one_of(st.lists(st.integers(-1, 3), max_size=3).map(tuple).map(str), st.text()),
    st.binary(max_size=80),
)


@FUZZ
@given(
    suffix=st.sampled_from([".csv", ".txt", ".json", ".npy"]),
    content=st.one_of(st.binary(), JSON_VALUES, NPY_FILES, st.binary().map(b"\x93NUMPY\x01\x00".__add__)),
)
def test_any_bytes_give_a_table_or_a_sentence(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"fuzz{suffix}"
    path.write_bytes(content)
    check_outcome(lambda: read_file(path))


@FUZZ
@given(cut=st.integers(0, 200), place=st.integers(0, 200), byte=st.integers(0, 255))
def test_a_damaged_array_gives_a_table_or_a_sentence(tmp_path: Path, cut: int, place: int, byte: int) -> None:
    stream = io.BytesIO()
    np.save(stream, np.ones((2, 2)))
    content = bytearray(stream.getvalue())
    content[min(place, len(content) - 1)] = byte
    path = tmp_path / "fuzz.npy"
    path.write_bytes(content[: max(0, len(content) - cut)])
    check_outcome(lambda: read_file(path))
