"""`gnomon learn`: exercises that are begun, answered, and told to a trainer."""

import json
from typing import NamedTuple

import pytest

from gnomon.cli.main import run
from gnomon.knowledge.lessons import load

LESSONS = load()
PLACES, EDIT = LESSONS[0], LESSONS[1]
RIGHT = ("engine.py:34", "engine.py:38")


class Done(NamedTuple):
    """What a command gave."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def learn(tmp_path, monkeypatch, capsys):
    """Runs `gnomon learn` in this process, in `cwd` or an empty folder; progress is kept in `data`."""

    def command(*arguments, cwd=tmp_path, data=tmp_path / "data"):
        monkeypatch.chdir(cwd)
        monkeypatch.setenv("GNOMON_DATA_DIR", str(data))
        code = run(["learn", *map(str, arguments)])
        return Done(code, *capsys.readouterr())

    return command


def write_solution(folder):
    """Changes the files of the exercise that is solved by changing files."""
    for file in EDIT.solution:
        (folder / file.name).write_text(file.text, encoding="utf-8")


def test_a_newcomer_is_told_what_to_type(gnomon, tmp_path):
    """From the list to an exercise, from there to an answer, and from that to the next exercise."""
    listed = gnomon("learn", cwd=tmp_path)
    assert listed.stdout.endswith("Begin with: gnomon learn 1\n")

    begun = gnomon("learn", 1, cwd=tmp_path)
    assert (tmp_path / "gnomon-learn" / PLACES.folder / "engine.py").read_text() == PLACES.files[0].text
    assert "gnomon learn 1 engine.py:" in begun.stdout
    assert "gnomon learn hint 1" in begun.stdout

    refused = gnomon("learn", 1, "engine.py:34", "engine.py:33", cwd=tmp_path)
    assert refused.returncode == 1
    assert "no   engine.py:33  `json.loads` can only give" in refused.stdout
    assert "gnomon learn hint 1" in refused.stdout

    solved = gnomon("learn", 1, *RIGHT, cwd=tmp_path)
    assert (solved.returncode, solved.stderr) == (0, "")
    assert "Solved. 2 attempts" in solved.stdout
    assert solved.stdout.endswith("Go on with `gnomon learn 2`.\n")
    again = gnomon("learn", cwd=tmp_path).stdout
    assert f"{PLACES.title}" in again
    assert f"1 of {len(LESSONS)} done. Go on with: gnomon learn 2" in again


def test_changed_files_are_judged_wherever_one_stands(learn, gnomon, tmp_path):
    """By the scanner and by running them, also where Python takes assertions away."""
    folder = tmp_path / "gnomon-learn" / EDIT.folder
    learn(2)

    unchanged = learn("check", 2, cwd=folder)
    assert unchanged.returncode == 1
    assert "nothing has been changed yet" in unchanged.stdout

    write_solution(folder)
    solved = gnomon("learn", "check", 2, cwd=folder, PYTHONOPTIMIZE="2")
    assert solved.returncode == 0, solved.stdout
    assert "Solved. 1 attempt, " in solved.stdout


def told_of_files(done):
    """What an exercise says below "Files", on one line."""
    return " ".join(done.stdout.partition("\nFiles\n")[2].partition("\n\n")[0].split())


def test_files_from_before_are_kept_and_told(learn, gnomon, tmp_path):
    """Which of them were changed, and what to type to begin anew; names are shown, not obeyed."""
    folder = tmp_path / "gnomon-learn" / EDIT.folder
    assert "from before" not in told_of_files(learn(2))
    assert told_of_files(learn(2)).endswith("They are here from before, and nothing in them was changed.")

    write_solution(folder)
    (folder / "mine\x1b[2J\u202e.py").touch()
    (folder / "messages.py").unlink()
    told = told_of_files(gnomon("learn", 2, cwd=tmp_path))

    assert "They are here from before, and kept as you left them. Changed: server.py." in told
    assert "Added: mine\\x1b[2J\\u202e.py. Missing, and written again: messages.py." in told
    assert "gnomon learn 2 --again to begin anew" in told
    assert (folder / "server.py").read_text() == EDIT.solution[0].text
    for number in range(9):
        (folder / f"a{number}.py").touch()
    assert "Added: a0.py, a1.py, a2.py, a3.py, a4.py, a5.py and 4 more." in told_of_files(learn(2))


def test_beginning_anew_keeps_what_was_made_and_what_was_reached(learn, gnomon, tmp_path):
    """It says where the work is; attempts and solved exercises stay in the record."""
    folder = tmp_path / "gnomon-learn" / EDIT.folder
    learn(2)
    (folder / "server.py").write_text("x = 1\n")
    learn("check", 2)
    write_solution(folder)
    assert learn("check", 2).returncode == 0
    before = (tmp_path / "data" / "learn.json").read_bytes()

    begun = learn(2, "--again")

    kept = f"gnomon-learn/{EDIT.folder}.kept-1"
    assert f"Begun anew. What was changed or added is kept in {kept}: server.py" in told_of_files(begun)
    assert "You have solved this one" in begun.stdout
    assert (folder / "server.py").read_text() == EDIT.files[1].text
    assert (tmp_path / kept / "server.py").read_text() == EDIT.solution[0].text
    assert "nothing has been changed yet" in learn("check", 2).stdout
    assert (tmp_path / "data" / "learn.json").read_bytes() == before
    (folder / "server.py").write_text("x = 1\n")
    again = told_of_files(gnomon("learn", 2, "--again", cwd=folder))
    assert f"{tmp_path / 'gnomon-learn' / EDIT.folder}.kept-2: server.py" in again


def test_an_exercise_that_is_answered_by_words_says_what_is_judged(learn, tmp_path):
    """Its own text: a file that was changed has no part in the answer, though its lines may be others."""
    learn(1)
    (tmp_path / "gnomon-learn" / PLACES.folder / "engine.py").write_text("x = 1\n")

    assert "Changed: engine.py. What is judged is the text below." in told_of_files(learn(1))
    assert learn(1, *RIGHT).returncode == 0


def test_hints_come_one_by_one_and_a_solution_after_three_attempts(learn):
    """Or at once, if somebody wants it anyway; the record tells."""
    hints = [learn("hint", 1).stdout.splitlines()[0] for _ in range(4)]
    assert [hint[:12] for hint in hints] == ["Hint 1 of 3:", "Hint 2 of 3:", "Hint 3 of 3:", "Hint 3 of 3:"]

    early = learn("solution", 1)
    assert early.returncode == 2
    assert "a solution is shown after 3 attempts, and this is after 0" in early.stderr
    shown = learn("solution", 1, "--anyway").stdout
    assert [place for place in RIGHT if place in shown] == list(RIGHT)
    learn(1, *RIGHT)
    learn("record", "-o", "mine.json", "--name", "A")
    assert " *" in learn("record", "mine.json").stdout.splitlines()[1]


def test_what_is_solved_stays_so(learn):
    """A wrong answer afterwards is told as such, and hints still come one by one."""
    learn("hint", 1)
    learn(1, *RIGHT)

    refused = learn(1, "engine.py:33")
    hints = [learn("hint", 1).stdout.splitlines()[0][:12] for _ in range(3)]

    assert refused.returncode == 1
    assert "Not this one. Exercise 1 is solved already, and stays so." in refused.stdout
    assert hints == ["Hint 2 of 3:", "Hint 3 of 3:", "Hint 3 of 3:"]


def test_the_list_says_what_an_exercise_needs(learn):
    """Behind how it stands."""
    needy = next(lesson for lesson in LESSONS if lesson.needs == ("wire",))
    learn("hint", needy.number)

    lines = learn().stdout.splitlines()

    assert any(line.endswith(f"{needy.minutes} min  begun, needs gnomon[wire]") for line in lines)
    assert any(line.endswith("min  needs gnomon[wire,fix]") for line in lines)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["99"], "there is no exercise '99'"),
        (["one"], "there is no exercise 'one'"),
        (["--again"], "--again begins an exercise anew: it takes its number, and no answer."),
        (["1", "engine.py:34", "--again"], "--again begins an exercise anew"),
        (["1", "engine.py"], "'engine.py' is not a line"),
        (["2", "engine.py:1"], "exercise 2 is answered by changing its files."),
        (["check", "1"], "exercise 1 is answered by what you type."),
        (["check", "2"], "with files to judge."),
        (["record", "no.json"], "no.json can't be read: it is gone."),
        (["record", "x.json", "--name", "A"], "are about your own record."),
        (["record", "--name", "A" * 101], "a name has at most 100 characters here."),
        (["record", "-o", "no/such/file"], "there is no folder no/such"),
    ],
)
def test_a_mistake_is_told_with_what_to_type(learn, arguments, problem):
    """On standard error, and nothing else is written."""
    done = learn(*arguments)

    assert done.returncode == 2
    assert problem in done.stderr
    assert "try: " in done.stderr
    assert done.stdout == ""


def test_a_folder_that_cannot_be_written_is_told(learn, tmp_path):
    """And so is progress that can't be kept, or that was broken: neither keeps anybody from learning."""
    (tmp_path / "gnomon-learn").write_text("mine")
    blocked = learn(1)
    assert blocked.returncode == 2
    assert "the exercise can't be written to" in blocked.stderr

    (tmp_path / "data").write_text("mine")
    unkept = learn(1, *RIGHT, data=tmp_path / "data" / "gnomon")
    assert unkept.returncode == 0
    assert "progress can't be kept in" in unkept.stderr

    (tmp_path / "learn.json").write_text("{broken")
    broken = learn(data=tmp_path)
    assert broken.returncode == 0
    assert "it is kept as learn.json.broken-1, and this begins anew" in broken.stderr


def test_records_of_a_team_become_a_table(learn, tmp_path):
    """A line for each learner; what hostile names hold is shown, not obeyed."""
    learn(1, *RIGHT)
    hostile = "Eve\x1b[2J\u202e\n##[error]|`x`"
    printed = learn("record", "--name", hostile, "--team", hostile, "-o", tmp_path / "eve.json")
    learn("record", "--name", "Ada", "-o", tmp_path / "ada.json", data=tmp_path)

    table = learn("record", tmp_path / "eve.json", tmp_path / "ada.json")

    assert printed.returncode == table.returncode == 0
    for text in (printed.stdout, table.stdout, (tmp_path / "eve.json").read_text()):
        assert all(char.isprintable() or char == "\n" for char in text)
        assert "##[error]" not in text
    assert json.loads((tmp_path / "eve.json").read_text())["name"] == hostile
    heading, ada, eve, solved = table.stdout.splitlines()[:4]
    assert heading.split()[: len(LESSONS)] == [str(lesson.number) for lesson in LESSONS]
    assert ada.split()[:2] == ["Ada", "-"]
    assert eve.startswith("Eve\\x1b[2J\\u202e")
    assert solved.split()[:3] == ["solved", "1", "0"]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ("{}", "is no record of gnomon learn"),
        ("[", "is no record of gnomon learn"),
        ('{"schema": 2}', "is no record of gnomon learn"),
        ("x" * 1_000_001, "can't be read"),
    ],
)
def test_what_is_no_record_is_told(learn, tmp_path, document, problem):
    """With the file's name."""
    (tmp_path / "a.json").write_text(document)

    done = learn("record", tmp_path / "a.json")

    assert done.returncode == 2
    assert f"{tmp_path / 'a.json'} " in done.stderr
    assert problem in done.stderr
