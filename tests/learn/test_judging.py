"""An answer is held against what the scanner and the check say, and every refusal has a reason."""

import pytest
from msgspec.structs import replace

from gnomon.core.lesson import Lesson, LessonFile, Option, Places, Where, laid_over
from gnomon.core.severity import Severity
from gnomon.learn.judging import judged_answer, judged_files, scanned_files
from gnomon.learn.verdict import Behaviour, NotAnAnswer

SERVER = """\
import pickle

import zmq

context = zmq.Context()
jobs = context.socket(zmq.PULL)
jobs.bind("tcp://*:5557")
body = jobs.recv()
job = pickle.loads(
    body
)
local = context.socket(zmq.PULL)
local.bind("tcp://127.0.0.1:5558")
command = local.recv_pyobj()


# a comment
def run():
    return job


kept = pickle.loads(open("kept", "rb").read())
"""
CLEAN = "import json\n\n\ndef decode(data):\n    return json.loads(data)\n"


def file(text: str, name: str = "server.py") -> LessonFile:
    """A file of a lesson."""
    return LessonFile(name=name, language="python", text=text, line=1)


LESSON = Lesson(
    number=1,
    id="sample",
    title="Sample",
    minutes=4,
    goal="see",
    kind="places",
    hints=("a", "b", "c"),
    rules=("pickle-over-network",),
    story="s",
    task="t",
    answer="a",
    explanation="e",
    files=(file(SERVER),),
    digest="0" * 12,
)
REMOTE = replace(LESSON, places=Places(where=Where(reach=("any-host",))))
EDIT = replace(LESSON, kind="edit")
CHOICE = replace(
    LESSON,
    kind="choice",
    options=(
        Option(key="a", text="leave it", because="Nothing changes.", files=(file(SERVER),)),
        Option(key="b", text="JSON", because="Text alone.", files=(file(CLEAN),)),
        Option(key="c", text="JSON, renamed", because="Text alone, too.", files=(file(f"{CLEAN}\n"),)),
    ),
)


def passes(_files):
    """A check that is content."""
    return Behaviour(holds=("served",))


def test_any_line_of_a_call_will_do(scan):
    """A call that spans several lines is one place, whichever of them is named."""
    assert judged_answer(LESSON, ["server.py:10", "./server.py:14"], scan, passes).solved
    assert judged_answer(LESSON, ["9", "14"], scan, passes).solved


def test_what_is_missing_is_counted_and_not_told(scan):
    """The reason names no line."""
    verdict = judged_answer(LESSON, ["server.py:9"], scan, passes)

    assert not verdict.solved
    assert [point.text for point in verdict.points if not point.good] == ["One more place is missing."]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (3, "An import only makes a name known"),
        (2, "This line is empty"),
        (6, "This line calls `context.socket`"),
        (7, "The task asks where bytes are loaded"),
        (8, "Bytes come through here"),
        (14, "only this host can reach it, no authentication. Its reach is this-host"),
        (17, "This is a comment"),
        (18, "Here a definition begins"),
        (19, "Nothing is called on this line"),
        (22, "That is pickle-from-file, which the task does not ask for"),
    ],
)
def test_a_line_that_is_not_asked_for_gets_a_reason(scan, line, reason):
    """Of each kind of line, though the lesson says nothing of it."""
    verdict = judged_answer(REMOTE, ["server.py:9", f"server.py:{line}"], scan, passes)

    assert not verdict.solved
    assert reason in verdict.points[1].text


def test_an_address_can_be_asked_for(scan):
    """Then the line that binds is right, and the load is told what it is."""
    lesson = replace(REMOTE, places=replace(REMOTE.places, at="address"))

    assert judged_answer(lesson, ["server.py:7"], scan, passes).solved
    for line in (9, 14):
        points = judged_answer(lesson, ["server.py:7", f"server.py:{line}"], scan, passes).points
        assert "The task asks for the line that gives the socket its address." in points[1].text
    points = judged_answer(lesson, ["server.py:13"], scan, passes).points
    assert "127.0.0.1 is the loopback interface" in points[0].text


@pytest.mark.parametrize("word", ["server.py", "other.py:1", "server.py:0", "server.py:99", "99", "a", "server.py:²"])
def test_what_can_be_no_place_is_no_attempt(scan, word):
    """It is said what a place is."""
    with pytest.raises(NotAnAnswer, match=r"line|file"):
        judged_answer(LESSON, [word], scan, passes)


def test_an_option_is_right_if_the_scanner_is_silent_and_the_check_passes(scan):
    """All right ones have to be named; letters may be written together with commas."""
    assert judged_answer(CHOICE, ["c,B"], scan, passes).solved
    one = judged_answer(CHOICE, ["b"], scan, passes)
    assert not one.solved
    assert one.points[-1].text == "That holds, but it is not all: something else is right too."


def test_an_option_with_a_finding_is_refused_with_it(scan):
    """The lesson's reason, and the finding as evidence."""
    [point] = judged_answer(CHOICE, ["a"], scan, passes).points

    assert point.text == "Nothing changes."
    assert point.evidence[0].startswith("scan: server.py:9: `pickle.loads()` unpickles bytes from tcp://*:5557")


def test_an_option_whose_check_fails_is_refused_with_its_words(scan):
    """Though the scanner finds nothing."""
    lesson = replace(CHOICE, check="print()")

    def fails(_files):
        return Behaviour(holds=("starts",), fails=("it does not answer",))

    [point] = judged_answer(lesson, ["b"], scan, fails).points
    assert not point.good
    assert point.evidence == ("scan: no finding", "check: it does not answer")


def test_no_more_options_are_tried_than_needed(scan):
    """Each try takes seconds: others are tried only if all that was chosen holds, and not where one alone is right."""
    tried = []

    def check(files):
        tried.append(files["server.py"].decode())
        return Behaviour(holds=("served",))

    lesson = replace(CHOICE, check="print()")
    judged_answer(lesson, ["a"], scan, check)
    judged_answer(replace(lesson, one_right=True), ["b"], scan, check)

    assert tried == [SERVER, CLEAN]


def test_without_rules_the_check_alone_decides(scan):
    """So that a lesson may ask for more than a scan can tell."""
    verdict = judged_answer(replace(CHOICE, check="print()", rules=(), one_right=True), ["a"], scan, passes)

    assert verdict.solved
    assert [point.evidence for point in verdict.points] == [("check: served",)]


def test_what_is_no_option_is_no_attempt(scan):
    """The letters that there are are named."""
    with pytest.raises(NotAnAnswer, match="'d' is none of the options a, b, c"):
        judged_answer(CHOICE, ["d"], scan, passes)


def test_changed_files_are_judged_by_scanner_and_check(scan):
    """Solved if neither has anything to say against them."""
    assert judged_files(EDIT, {"server.py": CLEAN.encode()}, scan, passes).solved
    still = judged_files(EDIT, {"server.py": f"{SERVER}\n".encode()}, scan, passes)
    assert not still.solved
    assert still.points[0].evidence[0].startswith("scan: server.py:9: ")


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        (Behaviour(holds=("a",), fails=("nobody is served",)), "nobody is served"),
        (Behaviour(holds=("a",), broke="It was ended."), "It was ended."),
        (Behaviour(), "a mistake in the lesson"),
    ],
)
def test_a_clean_scan_is_not_enough(scan, behaviour, reason):
    """What fails in the check is the reason."""
    verdict = judged_files(EDIT, {"server.py": CLEAN.encode()}, scan, lambda _files: behaviour)

    assert not verdict.solved
    assert any(reason in point.text for point in verdict.points if not point.good)


def test_a_note_that_is_left_is_told(scan):
    """It does not stand against an answer, and the scanner does show it."""
    code = "import pickle\n\n\ndef decode(data):\n    return pickle.loads(data)\n"
    lesson = replace(EDIT, rules=("pickle-of-unknown-origin",))

    noted = scanned_files(lesson, {"server.py": code.encode()}, lambda files: _as_notes(scan(files)))
    clean = scanned_files(lesson, {"server.py": CLEAN.encode()}, scan)

    assert [point.text for point in noted.points] == ["The scanner finds nothing above a note."]
    assert [point.text for point in clean.points] == ["The scanner finds nothing any more."]


def _as_notes(result):
    return replace(result, findings=tuple(replace(finding, severity=Severity.NOTE) for finding in result.findings))


def test_files_as_they_were_given_are_no_attempt(scan):
    """Nor is a file that is gone; both are said."""
    given = laid_over(LESSON.files, ())

    for files, reason in ((given, "nothing has been changed yet"), ({}, "server.py is not there any more")):
        verdict = judged_files(EDIT, files, scan, passes)
        assert not verdict.solved
        assert not verdict.counts
        assert reason in verdict.points[0].text


def test_what_is_not_python_is_not_run():
    """The place of the mistake is told, and neither the scanner nor the check is asked."""

    def never(_files):
        raise AssertionError

    verdict = judged_files(EDIT, {"server.py": b"x = 1\ndef f(:\n"}, never, never)

    assert not verdict.solved
    assert verdict.points[0].about == "server.py:2"


def test_where_no_check_can_be_run_the_scanner_alone_judges(scan):
    """Nothing is solved by that: all points are good, or the scanner's finding is told."""
    clean = scanned_files(EDIT, {"server.py": CLEAN.encode()}, scan)
    still = scanned_files(EDIT, {"server.py": f"{SERVER}\n".encode()}, scan)

    assert [point.good for point in clean.points] == [True]
    assert [point.good for point in still.points] == [False]
    assert not clean.solved
    assert not still.solved
    assert not scanned_files(EDIT, laid_over(EDIT.files, ()), scan).counts
