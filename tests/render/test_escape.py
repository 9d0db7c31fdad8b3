"""Untrusted text becomes harmless and stays readable."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.render.escape import encodable, quiet_json, visible

ANY_TEXT = st.text(st.characters(exclude_categories=()))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain ascii (code) = [1, 2]", "plain ascii (code) = [1, 2]"),
        ("推理/服务.py é", "推理/服务.py é"),
        ("a\x1b[2J", r"a\x1b[2J"),
        ("a\nb\r\tc\x00", r"a\x0ab\x0d\x09c\x00"),
        ("\x9b31m\x7f", r"\x9b31m\x7f"),
        ("e\u202egpj.py", r"e\u202egpj.py"),
        ("zero\u200bwidth\ufeff", r"zero\u200bwidth\ufeff"),
        ("line\u2028end", r"line\u2028end"),
        ("f\udcff.py", r"f\udcff.py"),
        ("tag\U000e0041", r"tag\U000e0041"),
        ("filler\u3164", r"filler\u3164"),
        ("##[error]x ##vso[task.x]", r"\x23#[error]x \x23#vso[task.x]"),
        ("::error file=x::y", r"\x3a:error file=x::y"),
        ("x[::2]", "x[::2]"),
        (r"already \x1b here", r"already \x1b here"),
    ],
)
def test_what_a_terminal_or_build_log_would_obey_is_shown(text, shown):
    """Control, bidirectional, invisible and undecodable characters and build commands appear as escapes."""
    assert visible(text) == shown


@given(ANY_TEXT)
def test_visible_text_is_printable_and_of_one_line(text):
    """Nothing but printable characters comes out, and doing it twice changes nothing."""
    shown = visible(text)

    assert shown.isprintable()
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown


@given(ANY_TEXT)
def test_encodable_text_loses_surrogates_alone(text):
    """Everything that UTF-8 can hold stays as it was."""
    parts = [char if unicodedata.category(char) != "Cs" else f"\\u{ord(char):04x}" for char in text]

    assert encodable(text) == "".join(parts)


@given(st.text())
def test_quiet_json_means_the_same(text):
    """The document decodes to the same text, though no character in it acts on a terminal."""
    document = json.dumps({"text": text}, ensure_ascii=False)

    quiet = quiet_json(document)

    assert json.loads(quiet) == {"text": text}
    assert quiet.isprintable()
