"""The state as one line of text: exact both ways, readable for ever, and polite about what it does not know."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from intents import intents, refusal, sentence

from explorer.session.checks import IntentError
from explorer.session.clinic_choice import ClinicChoice
from explorer.session.intent import Intent
from explorer.session.state_line import from_line, to_line
from explorer.session.vanishing_choice import VanishingChoice

EXAMPLE = "softmax1?z=2,1,0.1&t=1&c=0&y=0&loss=cross_entropy"
USUAL = Intent(logits=(2.0, 1.0, 0.1), target=0)

# Lines that people have saved. They must read to the same state for ever, the usual values of missing parts included.
GOLDEN = {
    EXAMPLE: {"logits": (2.0, 1.0, 0.1)},
    "softmax1?z=2,1": {"logits": (2.0, 1.0)},
    "softmax1?z=-0": {"logits": (0.0,)},
    "softmax1?z=1e308,-2.5e-320,1e+22&t=0.001&c=-1000&y=2&loss=focal": {
        "logits": (1e308, -2.5e-320, 1e22),
        "spread": 0.001,
        "shift": -1000.0,
        "target": 2,
        "loss": "focal",
    },
    "softmax1?z=20,0,0&t=1&c=0&y=1&loss=label_smoothing&vs=none&J=log&g=log&p=log": {
        "logits": (20.0, 0.0, 0.0),
        "target": 1,
        "loss": "label_smoothing",
        "compared": None,
        "jacobian_scale": "log",
        "gradient_scale": "log",
        "probability_scale": "log",
    },
    "softmax1?z=3,2&t=2.5&c=1&y=0&loss=squared_error&vs=kl&labels=cat,big%20dog&pick=1,0&ghost=1,-0.5&J=auto": {
        "logits": (3.0, 2.0),
        "spread": 2.5,
        "shift": 1.0,
        "loss": "squared_error",
        "compared": "kl",
        "labels": ("cat", "big dog"),
        "picked": (1, 0),
        "ghost": (1.0, -0.5),
        "jacobian_scale": "auto",
    },
    "softmax1?z=40,0&view=vanishing&format=bfloat16&arithmetic=naive&curves=entropy,spectral_norm": {
        "logits": (40.0, 0.0),
        "view": "vanishing",
        "number_format": "bfloat16",
        "arithmetic": "naive",
        "shown_curves": ("spectral_norm", "entropy"),
    },
    "softmax1?z=40,0&curves=none": {"logits": (40.0, 0.0), "shown_curves": ()},
    "softmax1?z=1,0&page=spectrum&along=logit&pull=1&speed=0.5&spectrum=log&eigenvector=1&width=4096&seed=77": {
        "logits": (1.0, 0.0),
        "vanishing": VanishingChoice("spectrum", "logit", 1, "0.5", "log", 1, 4096, 77),
    },
    "softmax1?z=1,0&view=clinic&clinic=check&specimen=row-sum&rows=77&methods=complex,forward": {
        "logits": (1.0, 0.0),
        "view": "clinic",
        "clinic": ClinicChoice("check", "row-sum", 77, ("forward", "complex")),
    },
    "  softmax1?loss=kl&view=explore&y=1&labels=a%26b%2C%20c,%E7%8C%AB&z=0.30000000000000004,1\n": {
        "logits": (0.30000000000000004, 1.0),
        "target": 1,
        "loss": "kl",
        "labels": ("a&b, c", "猫"),
    },
}
THE_REST = {
    "spread": 1.0,
    "shift": 0.0,
    "target": 0,
    "loss": "cross_entropy",
    "compared": "squared_error",
    "picked": None,
    "ghost": None,
    "view": "explore",
    "probability_scale": "linear",
    "jacobian_scale": "fixed",
    "gradient_scale": "linear",
    "number_format": "float64",
    "arithmetic": "stable",
    "shown_curves": ("spectral_norm", "one_minus_p_max", "cross_entropy", "squared_error"),
    "vanishing": VanishingChoice("formats", "spread", 0, "1", "linear", 0, 64, 1),
    "clinic": ClinicChoice("specimens", "naive", 0, ("forward", "central", "complex")),
}


@pytest.mark.parametrize("line", GOLDEN)
def test_a_line_once_written_reads_the_same_for_ever(line: str) -> None:
    intent, complaints = from_line(line)
    expected = THE_REST | {"labels": tuple(f"class {i + 1}" for i in range(intent.n))} | GOLDEN[line]
    assert repr({name: getattr(intent, name) for name in expected}) == repr(expected)
    assert complaints == []


def test_the_line_of_the_specification_is_written() -> None:
    assert to_line(USUAL) == EXAMPLE


def test_only_what_is_unusual_is_added() -> None:
    changed = USUAL.with_changes(compared=None, picked=(2, 0), jacobian_scale="log", labels=("a,b", "c d"))
    assert to_line(changed) == EXAMPLE + "&vs=none&labels=a%2Cb,c d,class 3&pick=2,0&J=log"


@given(intents())
def test_there_and_back_is_the_same_bit_for_bit(intent: Intent) -> None:
    line = to_line(intent)
    assert line.isascii() and line.isprintable()
    back, complaints = from_line(line)
    assert repr(back) == repr(intent)  # repr tells −0.0 from 0.0
    assert complaints == []
    assert to_line(back) == line


LEFT_OUT = {
    "colour=red": "“colour” is no known part",
    "Z=1": "“Z” is no known part",
    "=": "“” is no known part",
    "x" * 5000 + "=1": "…” is no known part",
    "a\x1bb=1": "“a\N{REPLACEMENT CHARACTER}b” is no known part",
    "t=cat": "part “t”: “cat” is not a number",
    "t=": "part “t”: No number",
    "t=nan": "part “t”: NaN",
    "t=0": "The spread is 0.00",
    "c=1001": "The shift is 1001.00",
    "c=1e999": "part “c”: “1e999” is too large",
    "y=3": "The target is class 4",
    "y=fox": "“fox” is no value for “y”",
    "y=1.5": "“1.5” is no value for “y”",
    "y=" + "9" * 4300: "is no value for “y”",
    "loss=hinge": "The loss “hinge” is unknown",
    "loss=" + "x" * 5000: "…” is unknown",
    "vs=hinge": "The compared loss “hinge”",
    "pick=1": "“1” is no value for “pick”",
    "pick=1,2,0": "“1,2,0” is no value for “pick”",
    "pick=3,0": "The picked cell lies outside",
    "ghost=1,2": "The frozen ghost has 2 classes",
    "ghost=1,,2": "part “ghost”: No number",
    "view=moon": "The view “moon”",
    "p=cubic": "The probability axis “cubic”",
    "J=linear": "The Jacobian scale “linear”",
    "g=auto": "The gradient scale “auto”",
    "z=1,2": "a second “z”",
}


@pytest.mark.parametrize("part", LEFT_OUT, ids=lambda part: part[:20])
@pytest.mark.parametrize("line", ["softmax1?z=2,1,0.1&{}&labels=a", "softmax1?z=2,1,0.1&labels=a&{}"])
def test_a_part_that_cannot_be_used_is_named_and_the_rest_kept(line: str, part: str) -> None:
    intent, complaints = from_line(line.format(part))
    assert intent == USUAL.with_changes(labels=("a",))
    assert len(complaints) == 1
    assert LEFT_OUT[part] in sentence(complaints[0])
    assert complaints[0].startswith("Left out of the state line")


def test_each_unusable_part_has_its_own_sentence() -> None:
    intent, complaints = from_line("softmax1?t=0&z=2,1,0.1&y=9&y=1&moon=1&c=2&c=3&loss=x&c=5")
    assert intent == USUAL.with_changes(shift=2.0)
    assert [word for c in complaints for word in ("spread", "target", "second", "moon", "“x”") if word in c] == [
        *("second", "moon", "second", "second"),
        *("spread", "target", "“x”"),
    ]


def test_parts_that_only_together_go_too_far_are_left_out() -> None:
    intent, complaints = from_line("softmax1?z=1e306,0&t=1000")
    assert (intent.spread, len(complaints)) == (1.0, 1)
    assert "Effective logit 1" in complaints[0]


NO_LINES = {
    "nothing": ("", "This is no state line"),
    "other text": ("2, 1, 0.1", "This is no state line"),
    "no question mark": ("softmax1", "This is no state line"),
    "another word": ("sigmoid1?z=1", "This is no state line"),
    "two lines": (f"{EXAMPLE}\n{EXAMPLE}", "This is no state line"),
    "a strange line break": ("softmax1?z=1\u2028&t=1", "This is no state line"),
    "the next version": ("softmax2?z=1", "the version “softmax2”; this app reads “softmax1”"),
    "no version": ("softmax?z=1", "the version “softmax”"),
    "a long version": ("softmax" + "9" * 5000 + "?z=1", "the version “softmax"),
    "no logits": ("softmax1?t=1", "no usable logits: it needs a part such as z=2,1,0.1."),
    "nothing behind": ("softmax1?", "no usable logits: it needs"),
    "empty logits": ("softmax1?z=", "no usable logits: No number is written"),
    "wrong logits": ("softmax1?moon=1&z=1,cat", "no usable logits: “cat” is not a number"),
    "NaN": ("softmax1?z=nan,1", "no usable logits: NaN is not a logit"),
    "too large": ("softmax1?z=1e999", "no usable logits: “1e999” is too large"),
    "too many": ("softmax1?z=" + "1," * 12 + "1", "There are 13 classes"),
    "huge": ("softmax1?z=" + "1," * 50_000 + "1", "it has 100012 characters"),
    "huge junk": ("\x00\xff" * 50_000, "it has 100000 characters"),
}


@pytest.mark.parametrize(("line", "fragment"), NO_LINES.values(), ids=NO_LINES)
def test_what_is_no_line_is_refused_in_one_sentence(line: str, fragment: str) -> None:
    assert fragment in refusal(lambda: from_line(line))


KEYS = st.sampled_from(["z", "t", "c", "y", "loss", "vs", "labels", "pick", "ghost", "view", "p", "J", "g", "x", ""])
VALUES = st.text(st.sampled_from("0123456789,.-+e%=?_ \nNaif∞−²٣"), max_size=12) | st.text(st.characters(), max_size=30)
PARTS = st.lists(st.builds("{}={}".format, KEYS, VALUES), max_size=8).map("&".join)
JUNK = (
    st.text(st.characters(), max_size=200)
    | st.binary(max_size=200).map(lambda data: data.decode("latin-1"))
    | PARTS.map("softmax1?z=1,2,3&{}".format)
    | PARTS.map("softmax1?{}".format)
)


@given(JUNK)
def test_any_text_is_read_or_refused_in_sentences(text: str) -> None:
    try:
        intent, complaints = from_line(text)
    except IntentError as error:
        sentence(str(error))
        return
    for complaint in complaints:
        sentence(complaint)
    assert from_line(to_line(intent)) == (intent, [])
