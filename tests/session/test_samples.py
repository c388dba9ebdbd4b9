"""Samples: what becomes of files and text, what is refused and how, and that names keep their meaning."""

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intents import sentence

from explorer.session.intake import IntakeError
from explorer.session.layer_choice import LABELLINGS
from explorer.session.samples import PRESETS, Grid, about, make_samples, register, samples_named
from explorer.session.samples_files import parse_samples, read_samples


def labels_of(text: str, labelling: str = "auto") -> list[int] | None:
    """Return the labels that a text gives, None if it gives none."""
    samples = make_samples("s", "s", parse_samples(text), labelling)
    return samples.labels.tolist() if samples.labelled else None


def refused(make: Callable[[], object]) -> str:
    """Return the sentence of a refusal."""
    with pytest.raises(IntakeError) as caught:
        make()
    return sentence(str(caught.value))


TABLES = {
    "commas": "1,2.5\n3,-4e2\n",
    "semicolons, decimal commas": "1;2,5\n3;-4e2",
    "tabs": "1\t2.5\n3\t-4e2",
    "blanks": "1 2.5\n  3   -4e2  ",
    "comments and empty lines": "# two samples\n\n1,2.5\n\n# the second\n3,-4e2\n",
    "typographic minus": "1 2.5\n3 −4e2",
    "byte order mark and Windows lines": "\ufeff1,2.5\r\n3,-4e2\r\n",
    "names": "height,width\n1,2.5\n3,-4e2",
}


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_text_becomes_a_table(text: str) -> None:
    grid = parse_samples(text)
    assert grid.values.tolist() == [[1.0, 2.5], [3.0, -400.0]]
    assert grid.names == (("height", "width") if text.startswith("height") else None)


LABELS = {
    "a column called y": ("a,b,y\n0.5,1,2\n1.5,2,0", [2, 0]),
    "in any place and case": ("Label;a\n1;0.5\n0;2.5", [1, 0]),
    "target": ("a target\n3 1\n4 11", [1, 11]),
    "names without a label": ("a,b\n0.5,1\n1.5,2", None),
    "whole numbers last, no names": ("0.5,1\n1.5,2", [1, 2]),
    "fractions last": ("0.5,1\n1.5,2.5", None),
    "too large for a class": ("0.5,1\n1.5,12", None),
    "negative": ("0.5,1\n1.5,-1", None),
    "one column is features": ("1\n2", None),
}


@pytest.mark.parametrize(("text", "labels"), LABELS.values(), ids=LABELS)
def test_labels_are_found_by_the_rule(text: str, labels: list[int] | None) -> None:
    assert labels_of(text) == labels


def test_a_person_may_settle_what_the_last_column_is() -> None:
    assert labels_of("a,b\n0.5,1\n1.5,2", "last") == [1, 2]
    assert labels_of("0.5,1\n1.5,2", "none") is None
    samples = make_samples("s", "s", parse_samples("y,a\n1,0.5\n0,2.5"))
    assert samples.feature_names == ("a",) and samples.features.tolist() == [[0.5], [2.5]]


BAD = {
    "ragged": ("1,2\n3,4\n5\n", "Line 3 has 1 number, but line 1 has 2"),
    "ragged after a comment": ("#\n1,2\n\n3,4,5\n", "Line 4 has 3 numbers, but line 2 has 2"),
    "text": ("1,2\n3,cat\n", "Line 2, column 2: “cat” is not a number"),
    "empty field": ("1,2\n3,\n", "Line 2, column 2: No number"),
    "NaN": ("1,2\n3,nan\n", "Line 2, column 2: NaN is not a feature"),
    "infinity": ("1 2\n-inf 3\n", "Line 2, column 1: -inf is not a feature"),
    "too large": ("1 2\n1e999 3\n", "Line 2, column 1: +inf is not a feature"),
    "nothing": ("", "no samples"),
    "names only": ("a,b,y\n", "no samples"),
    "names that do not fit": ("a,b\n1,2,3\n", "2 names above 3 columns"),
    "a label that is no class": ("a,y\n1,0\n2,12\n", "Line 3, column 2: the label 12 names no class"),
    "a fraction as label": ("a,y\n1,0\n2,0.5\n", "Line 3, column 2: the label 0.5 names no class"),
    "a negative label": ("a,y\n1,-1\n", "Line 2, column 2: the label -1 names no class"),
    "labels only": ("y\n1\n0\n", "none of features"),
}


@pytest.mark.parametrize(("text", "says"), BAD.values(), ids=BAD)
def test_bad_text_is_refused_with_its_place(text: str, says: str) -> None:
    known = {name: samples_named(name) for name in PRESETS}
    assert says in refused(lambda: register("bad", parse_samples(text)))
    assert samples_named("bad") is None
    assert all(samples_named(name) is samples for name, samples in known.items())


def save(path: Path, array: np.ndarray) -> Path:
    np.save(path, array)
    return path


@pytest.mark.parametrize("dtype", ["f8", "f4", "f2", "i4", "u1", ">f8"])
@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_are_mapped_not_read(tmp_path: Path, dtype: str, order: str) -> None:
    array = np.array([[1, 2, 0], [3, 4, 1]], dtype=dtype, order=order)  # type: ignore[call-overload]
    grid = read_samples(save(tmp_path / "a.npy", array))
    assert isinstance(grid.values, np.memmap) and not grid.values.flags.writeable
    samples = make_samples("a", "a", grid)
    assert samples.rows(0, 2).tolist() == [[1.0, 2.0], [3.0, 4.0]] and samples.labels.tolist() == [0, 1]
    assert isinstance(samples.features, np.memmap)
    assert samples.row(1) == (3.0, 4.0) and (samples.m, samples.N, samples.T) == (2, 2, 2)


ARRAYS = {
    "one dimension": (np.ones(3), "1 dimension; samples need two"),
    "no rows": (np.ones((0, 3)), "no samples to read"),
    "NaN": (np.array([[1.0, 2.0], [np.nan, 1.0]]), "Row 2, column 1: NaN"),
    "infinity": (np.array([[1.0, 2.0], [3.0, np.inf]]), "Row 2, column 2: +inf"),
    "text": (np.array([["a", "b"]]), "holds text"),
    "complex": (np.ones((2, 2), dtype=complex), "complex numbers"),
    "too wide": (np.lib.stride_tricks.as_strided(np.zeros(1), (1, 10_001), (0, 0)), "at most"),
}


@pytest.mark.parametrize(("array", "says"), ARRAYS.values(), ids=ARRAYS)
def test_bad_arrays_are_refused(tmp_path: Path, array: np.ndarray, says: str) -> None:
    path = save(tmp_path / "bad.npy", array)
    assert says in refused(lambda: read_samples(path))


def test_an_odd_line_far_down_is_found_and_read() -> None:
    lines = [f"{k},{k + 0.5}" for k in range(1300)]
    lines[1100] = "−7,0.25"
    assert parse_samples("\n".join(lines)).values[1099:1102].tolist() == [
        [1099.0, 1099.5],
        [-7.0, 0.25],
        [1101.0, 1101.5],
    ]
    for odd, says in (("1,2,3", "Line 1101 has 3 numbers, but line 1 has 2"), ("1,x", "Line 1101, column 2: “x”")):
        lines[1100] = odd
        assert says in refused(lambda: parse_samples("\n".join(lines)))


class _Trap:
    """Would leave a file behind if it were unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., object], tuple[object, ...]]:
        return Path.write_text, (self.path, "run")


def test_nothing_in_a_file_is_executed(tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    np.save(tmp_path / "o.npy", np.array([[_Trap(trap)]], dtype=object), allow_pickle=True)
    (tmp_path / "p.npy").write_bytes(pickle.dumps(_Trap(trap)))
    for name in ("o.npy", "p.npy"):
        assert "pickle" in refused(lambda name=name: read_samples(tmp_path / name))
    assert not trap.exists()


def test_broken_files_are_refused(tmp_path: Path) -> None:
    whole = save(tmp_path / "a.npy", np.ones((4, 4))).read_bytes()
    (tmp_path / "short.npy").write_bytes(whole[:-8])
    (tmp_path / "no.npy").write_bytes(b"1,2,3\n")
    (tmp_path / "a.xlsx").write_bytes(b"PK")
    (tmp_path / "b.csv").write_bytes(b"1,2\n\xff\xfe,3\n")
    assert "before its last row" in refused(lambda: read_samples(tmp_path / "short.npy"))
    assert "not a NumPy array" in refused(lambda: read_samples(tmp_path / "no.npy"))
    assert "unknown kind" in refused(lambda: read_samples(tmp_path / "a.xlsx"))
    assert "not readable as text" in refused(lambda: read_samples(tmp_path / "b.csv"))
    assert "does not exist" in refused(lambda: read_samples(tmp_path / "none.csv"))
    assert "is a folder" in refused(lambda: read_samples(_folder(tmp_path / "f.csv")))


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_a_file_of_text_becomes_samples(tmp_path: Path) -> None:
    path = tmp_path / "iris.csv"
    path.write_text("length,width,class\n1,2,0\n3,4,1\n", encoding="utf-8")
    samples = register("iris.csv", read_samples(path))
    assert samples.feature_names == ("length", "width") and samples.labels.tolist() == [0, 1]
    assert about(samples) == "“iris.csv”: 2 samples × 2 features, 2 classes"


def test_a_name_keeps_its_meaning() -> None:
    first = register("twice", parse_samples("1,2,0"))
    second = register("twice", parse_samples("3,4,1"))
    assert (first.name, second.name) == ("twice", "twice (2)")
    assert samples_named("twice") is first and samples_named("twice (2)") is second
    other = samples_named("twice", "none")
    assert other is not None and other.N == 3 and not other.labelled
    assert samples_named("never heard of") is None


def test_presets_are_the_samples_of_the_worked_examples() -> None:
    three, four = samples_named("three_rows"), samples_named("four_rows")
    assert three is not None and four is not None
    assert (three.m, three.N, three.T, three.labels.tolist()) == (3, 3, 3, [0, 1, 2])
    assert three.row(0) == (0.3394572666491664, 0.3089068053925853, 0.3516359279582483)
    assert four.features.tolist() == [[1.0, 5.0], [1.0, 2.0], [1.0, 4.0], [1.0, 5.0]]
    assert four.labels.tolist() == [int(y > 3) for y in (1, 6, 4, 2)]


@given(text=st.text(alphabet="0123456789.,;-e \n\tynai#é", max_size=60), labelling=st.sampled_from(LABELLINGS))
def test_any_text_is_read_or_refused_in_one_sentence(text: str, labelling: str) -> None:
    try:
        samples = make_samples("s", "s", parse_samples(text), labelling)
    except IntakeError as error:
        sentence(str(error))
    else:
        assert np.isfinite(samples.rows(0, samples.m)).all() and samples.labels.max() < 12


def test_a_table_made_by_hand_says_row() -> None:
    says = refused(lambda: make_samples("s", "s", Grid(np.array([[1.0, 0.0], [2.0, 99.0]])), "last"))
    assert says.startswith("Row 2, column 2: the label 99 names no class")
