"""A Dockerfile becomes a unit a stage: what is started, set and exposed, with line numbers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gnomon.deployment.dockerfile import MAX_INSTRUCTIONS, units
from gnomon.deployment.facts import Port, Unit, Unreadable, Variable


def _last(text: str) -> Unit:
    return units(text.encode())[-1]


def _commands(unit: Unit) -> list[str]:
    return [" ".join(word.text for word in command) for command in unit.commands]


def _lines(unit: Unit) -> list[list[int]]:
    return [[word.line for word in command] for command in unit.commands]


def test_exec_forms_are_joined_word_by_word():
    """ENTRYPOINT as a list is followed by the words of CMD, each on its own line."""
    unit = _last('FROM a\nENTRYPOINT ["python", \\\n  "-m", "jobs"]\nCMD ["--host", \\\n # why\n "0.0.0.0"]\n')

    assert _commands(unit) == ["python -m jobs --host 0.0.0.0"]
    assert _lines(unit) == [[2, 3, 3, 4, 6]]


@pytest.mark.parametrize(
    ("text", "commands"),
    [
        ("FROM a\nCMD python a.py --host 0.0.0.0\n", ["python a.py --host 0.0.0.0"]),
        ("FROM a\nENTRYPOINT exec python a.py\nCMD ignored\n", ["python a.py"]),
        ('FROM a\nENTRYPOINT ["tini", "--"]\nCMD cd /srv && ./run\n', ["tini --", "cd /srv", "./run"]),
        ('FROM a\nCMD ["first"]\nCMD ["last"]\n', ["last"]),
        ('FROM a\nCMD ["sh", "-c", "A=1 python a.py; true"]\n', ["python a.py", "true"]),
        ("FROM a\nCMD [not json\n", ["[not json"]),
        ("FROM a\nENTRYPOINT []\n", []),
        ("FROM a\nHEALTHCHECK CMD python check.py\n", []),
        ("FROM a\nRUN <<END\nCMD no\nEND\nCMD yes\n", ["yes"]),
        ("FROM a\nRUN <<-'END' cat\nENTRYPOINT no\n", []),
        ("# escape=`\nFROM a\nCMD python `\n  a.py\n", ["python a.py"]),
        ("from a\r\ncmd python a.py\r\n", ["python a.py"]),
    ],
)
def test_what_is_started(text, commands):
    """Exec and shell forms, the last of several, here-documents and the escape directive are read as a build does."""
    assert _commands(_last(text)) == commands


def test_variables_of_both_forms():
    """`ENV` takes pairs over several lines, with comments between them, and the older form with a blank."""
    unit = _last('FROM a\nENV A=1 \\\n  # why\n  B="x y" \\\n  C=${A}\nENV OLD a value\n')

    assert unit.variables == (
        Variable("A", "1", 2),
        Variable("B", "x y", 4),
        Variable("C", "${A}", 5),
        Variable("OLD", "a value", 6),
    )


def test_exposed_ports():
    """Numbers count, with or without a protocol; what is only known at build time does not."""
    unit = _last("FROM a\nEXPOSE 8000 5557/tcp $PORT \\\n  9000/udp 123456\n")

    assert unit.ports == (Port(8000, "exposed", "", 2), Port(5557, "exposed", "", 2), Port(9000, "exposed", "", 3))


def test_each_stage_is_a_unit():
    """What one stage sets is not told of another."""
    first, second = units(b"ARG V=1\nFROM a AS build\nENV A=1\nFROM b\nENV B=1\n")

    assert [variable.name for variable in first.variables + second.variables] == ["A", "B"]
    assert first.built_here


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"# A page about Dockerfiles\n\nhello\n", "nothing in it says FROM"),
        (b"FROM a\n" * (MAX_INSTRUCTIONS + 1), "more than 10,000 instructions"),
        (b"FROM a\nCMD " + b"a b " * 60_000, "a command of more than"),
    ],
)
def test_what_is_no_dockerfile_is_refused(data, reason):
    """A file that is named like one and is none, or one beyond a bound, is an error with a reason."""
    with pytest.raises(Unreadable, match=reason):
        units(data)


def test_an_empty_file_has_no_stage():
    """Nothing is missing in a file without content."""
    assert units(b"\n") == ()


LINES = st.sampled_from(
    [
        "FROM a",
        'CMD ["a"',
        "CMD 'a",
        "ENV A=1 \\",
        "ENV",
        "RUN <<A",
        "A",
        "\\",
        "# x",
        "EXPOSE 1-2/x",
        "",
        "ENTRYPOINT [[]]",
    ]
)


@given(st.lists(LINES, max_size=12).map("\n".join).map(str.encode) | st.binary(max_size=200))
@settings(max_examples=300, deadline=None)
def test_whatever_is_read_gives_units_or_the_one_error(data):
    """No input raises anything but Unreadable."""
    try:
        found = units(data)
    except Unreadable:
        return

    assert all(
        0 < word.line <= data.count(b"\n") + 1 for unit in found for command in unit.commands for word in command
    )
