"""A file becomes finite logits or one clear sentence, and never runs, hangs or fills the memory."""

import io
import os
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from explorer.session import intake_files
from explorer.session.intake import IntakeError, Table
from explorer.session.intake_files import MAX_FILE_BYTES, read_file


def refusal(read: Callable[[], object]) -> str:
    """Return the sentence that `read` refuses with, checked to be one."""
    with pytest.raises(IntakeError) as caught:
        read()
    sentence = str(caught.value)
    assert sentence.isprintable()
    assert sentence.endswith(".")
    return sentence


def npy(array: object) -> bytes:
    stream = io.BytesIO()
    np.save(stream, np.asarray(array), allow_pickle=True)
    return stream.getvalue()


def npy_header(descr: str, shape: str, body: bytes = b"") -> bytes:
    header = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}}}\n".encode()
    return b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + body


GOOD_FILES = {
    "csv": ("a.csv", b"cat,dog\n1,2\n3,4", ((1, 2), (3, 4)), ("cat", "dog")),
    "suffix in capitals": ("A.TXT", b"1 2", ((1, 2),), None),
    "utf-8 mark": ("a.csv", "ä,b\n1,2".encode("utf-8-sig"), ((1, 2),), ("ä", "b")),
    "utf-16": ("a.txt", "1 −2".encode("utf-16"), ((1, -2),), None),
    "json number": ("a.json", b"3", ((3,),), None),
    "json list": ("a.json", b"[1, 2.5]", ((1, 2.5),), None),
    "json lists": ("a.json", b"[[1, 2], [3, 4]]", ((1, 2), (3, 4)), None),
    "json column": ("a.json", b"[[1], [2]]", ((1, 2),), None),
    "json labels": ("a.json", b'{"logits": [1, 2], "labels": ["a", "b\\n"]}', ((1, 2),), ("a", "b")),
    "json no labels": ("a.json", b'{"logits": [[1, 2]], "labels": null}', ((1, 2),), None),
    "json mark": ("a.json", b"\xef\xbb\xbf[1, 2]", ((1, 2),), None),
    "json names": ("a.json", b'{"logits": 1, "dog": 2}', ((1, 2),), ("logits", "dog")),
    "npy number": ("a.npy", npy(3.0), ((3,),), None),
    "npy row": ("a.npy", npy(np.array([1, 2], np.float16)), ((1, 2),), None),
    "npy big-endian": ("a.npy", npy(np.array([1, 2], ">i4")), ((1, 2),), None),
    "npy of Python 2": ("a.npy", npy_header("'<f8'", "(1L,)", bytes(8)), ((0,),), None),
    "npy rows": ("a.npy", npy([[1, 2], [3, 4]]), ((1, 2), (3, 4)), None),
    "npy by columns": ("a.npy", npy(np.array([[1, 2], [3, 4]], order="F")), ((1, 2), (3, 4)), None),
    "npy column": ("a.npy", npy([[1], [2]]), ((1, 2),), None),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("name", "content", "rows", "labels"), GOOD_FILES.values(), ids=GOOD_FILES)
def test_a_file_is_read(
    tmp_path: Path,
    name: str,
    content: bytes,
    rows: tuple[tuple[float, ...], ...],
    labels: tuple[str, ...] | None,
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert read_file(path) == Table(rows, labels)


def archive() -> bytes:
    stream = io.BytesIO()
    np.savez(stream, z=np.ones(3))
    return stream.getvalue()


BAD_FILES = {
    "unknown kind": ("a.xlsx", b"1", "“a.xlsx” is of an unknown kind"),
    "no suffix": ("logits", b"1", "“logits” is of an unknown kind"),
    "not utf-8": ("a.csv", b"1,2\nK\xe4se,3", "Line 2 is not readable as text"),
    "bad entry": ("a.csv", b"1,2\nx,3", "Line 2, entry 1: “x”"),
    "json cut": ("a.json", b"[1,\n2", "line 2, column 2"),
    "json true": ("a.json", b"[1, true]", "Row 1, column 2 is true"),
    "json null": ("a.json", b"[[1, 2], [null, 3]]", "Row 2, column 1 is null"),
    "json text": ("a.json", b'["1"]', "Row 1, column 1 is the text “1”"),
    "json nan": ("a.json", b"[[1, 2], [3, NaN]]", "Row 2, column 2: NaN"),
    "json inf": ("a.json", b"[1, -Infinity]", "Row 1, column 2: -inf"),
    "json overflow": ("a.json", b"[1e999]", "Row 1, column 1: +inf"),
    "json long integer": ("a.json", b"[" + b"9" * 5000 + b"]", "Row 1, column 1: +inf"),
    "json empty": ("a.json", b"[]", "no numbers"),
    "json empty row": ("a.json", b"[[1], []]", "Row 2 has 0 numbers, but row 1 has 1"),
    "json empty object": ("a.json", b"{}", "no numbers"),
    "json mixed": ("a.json", b"[1, [2]]", "Row 1 is a number"),
    "json too deep": ("a.json", b"[[[1]]]", "Row 1, column 1 is a list"),
    "json bottomless": ("a.json", b"[" * 100_000, "nested too deep"),
    "json twice": ("a.json", b'{"cat": 1, "cat": 2}', "“cat” stands twice"),
    "json object in object": ("a.json", b'{"cat": {"dog": 1}}', "“cat” holds an object"),
    "json without logits": ("a.json", b'{"labels": ["a"]}', "“labels” holds a list"),
    "json labels as text": ("a.json", b'{"logits": [1], "labels": "a"}', "“labels” holds the text"),
    "json label no text": ("a.json", b'{"logits": [1], "labels": [1]}', "Label 1 is a number"),
    "json few labels": ("a.json", b'{"logits": [1, 2], "labels": ["a"]}', "1 name for 2 logits"),
    "json ragged": ("a.json", b"[[1, 2], [3]]", "Row 2 has 1 number, but row 1 has 2"),
    "npy pickled objects": ("a.npy", npy(np.array([{}], object)), "could run code"),
    "bare pickle": ("a.npy", pickle.dumps([1.0]), "could run code"),
    "npy cube": ("a.npy", npy(np.zeros((2, 3, 4))), "shape 2 × 3 × 4"),
    "npy complex": ("a.npy", npy([1j]), "“complex128”"),
    "npy booleans": ("a.npy", npy([True]), "holds booleans"),
    "npy text": ("a.npy", npy(["1"]), "holds text"),
    "npy records": ("a.npy", npy(np.zeros(2, "f8,f8")), "holds records"),
    "npy empty": ("a.npy", npy(np.zeros((3, 0))), "shape is 3 × 0"),
    "npy wide": ("a.npy", npy(np.zeros(13)), "at most 100000 rows of 12 logits"),
    "npy huge by its header": ("a.npy", npy_header("'<f8'", "(1000000000, 3)"), "shape 1000000000 × 3"),
    "npy absurd length": ("a.npy", npy_header("'<f8'", f"(0x{'f' * 5000},)"), "shape …;"),
    "npy many dimensions": ("a.npy", npy_header("'<f8'", "(1,1,1,1,1,1,1,1,1)"), "1 × 1 × …;"),
    "npy negative": ("a.npy", npy_header("'<f8'", "(-1,)"), "shape -1"),
    "npy nan": ("a.npy", npy([[1, 2], [3, np.nan]]), "Row 2, column 2: NaN"),
    "npy beyond a double": ("a.npy", npy(np.array([1, np.longdouble("1e400")])), "column 2: +inf"),
    "npy cut": ("a.npy", npy([1.0, 2.0])[:-3], "ends after 13 bytes of 16"),
    "npy cut header": ("a.npy", npy([1.0])[:40], "header of the array is damaged"),
    "npy forged header": ("a.npy", npy_header("()", "'x'"), "header of the array is damaged"),
    "npy unknown version": ("a.npy", b"\x93NUMPY\x09\x00", "header of the array is damaged"),
    "npz renamed": ("a.npy", archive(), ".npz"),
    "garbage": ("a.npy", b"hello", "not a NumPy array"),
    "no bytes": ("a.npy", b"", "not a NumPy array"),
}


@pytest.mark.parametrize(("name", "content", "words"), BAD_FILES.values(), ids=BAD_FILES)
def test_a_bad_file_is_refused_with_its_reason(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    assert words in refusal(lambda: read_file(path))


def test_a_pickle_is_never_executed(tmp_path: Path) -> None:
    class Bomb:
        def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
            return os.mkdir, (str(tmp_path / "executed"),)

    path = tmp_path / "a.npy"
    path.write_bytes(npy(np.array([Bomb()], object)))
    refusal(lambda: read_file(path))
    assert not (tmp_path / "executed").exists()


@pytest.mark.parametrize(
    ("size", "words"),
    [(2 * 2**30, "is 2.0 GB"), (MAX_FILE_BYTES + 1, "is 10.1 MB")],
    ids=["sparse 2 GB", "a byte too many"],
)
def test_a_large_file_is_refused_unopened(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, words: str
) -> None:
    path = tmp_path / "a.npy"
    path.touch()
    os.truncate(path, size)
    monkeypatch.delattr(Path, "open")
    assert words in refusal(lambda: read_file(path))


def test_a_file_that_grows_while_read_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"1 " * MAX_FILE_BYTES)
    monkeypatch.setattr(intake_files, "check_file", lambda path: None)
    assert "is 10.1 MB" in refusal(lambda: read_file(path))


NO_FILES = {
    "missing": ("missing.csv", "“missing.csv” does not exist"),
    "in a file": ("file.csv/a.csv", "“a.csv” does not exist"),
    "folder": ("folder.csv", "“folder.csv” is a folder"),
    "pipe": ("pipe.csv", "“pipe.csv” is a device or a pipe"),
    "device": ("/dev/zero", "“zero” is a device or a pipe"),
    "loop": ("loop.csv", "“loop.csv” cannot be read"),
    "name too long": ("x" * 5000 + ".csv", "cannot be read"),
    "no name": ("a\x00\n.csv", "“a\ufffd\ufffd.csv” is not a possible file name"),
}


@pytest.mark.may_skip
@pytest.mark.skipif(os.name != "posix", reason="pipes and devices as files are a POSIX idea")
@pytest.mark.parametrize(("name", "words"), NO_FILES.values(), ids=NO_FILES)
def test_what_is_no_ordinary_file_is_refused(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file.csv").touch()
    (tmp_path / "folder.csv").mkdir()
    os.mkfifo(tmp_path / "pipe.csv")
    (tmp_path / "loop.csv").symlink_to("loop.csv")
    assert words in refusal(lambda: read_file(tmp_path / name))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(13, "denied"), "You may not read “a.csv”"),
        (OSError(5, "I/O\nerror"), "“I/O\ufffderror”"),
    ],
    ids=["permission", "disk"],
)
def test_an_error_of_the_system_becomes_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, words: str
) -> None:
    def fail(*args: object) -> None:
        raise error

    path = tmp_path / "a.csv"
    path.touch()
    monkeypatch.setattr(Path, "open", fail)
    assert words in refusal(lambda: read_file(path))
