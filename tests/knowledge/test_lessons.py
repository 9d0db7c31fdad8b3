"""Lessons are read from Markdown, and a mistake in one is told with file and line."""

import pytest

from gnomon.core.errors import KnowledgeError
from gnomon.knowledge.lessons import digest_of, load, parsed

LESSON = """\
+++
title = "Sample"
minutes = 5
goal = "see"
kind = "edit"
hints = ["a", "b", "c"]
rules = ["pickle-over-network"]
+++

## Story

Once, in [a project](https://example.com/a).

## Task

Do it.

## Answer

    gnomon learn check 1

## Explanation

So.

## Files

````python server.py
text = \"\"\"
```
## Task
\"\"\"
````

## Solution

```python server.py
text = ""
```

## Wrong: one
expect = "no"
```python server.py
text = "1"
```

## Wrong: two
expect = "no"
```python server.py
text = "2"
```

## Wrong: three
expect = "no"
```python server.py
text = "3"
```

## Check

```python check.py
print("ok: yes")
```
"""


def problem(text: str, name: str = "lessons/01-sample.md") -> str:
    """What is said of a lesson that is wrong."""
    with pytest.raises(KnowledgeError) as caught:
        parsed(name, text.encode())
    return caught.value.problem


def test_a_lesson_is_read_whole():
    """Prose, files and their lines; what looks like a heading or a fence within a file belongs to it."""
    lesson = parsed("lessons/07-sample-lesson.md", LESSON.encode())

    assert (lesson.number, lesson.id, lesson.folder) == (7, "sample-lesson", "07-sample-lesson")
    assert lesson.answer == "    gnomon learn check 1"
    assert lesson.files[0].text == 'text = """\n```\n## Task\n"""\n'
    assert LESSON.splitlines()[lesson.files[0].line - 1] == 'text = """'
    assert [wrong.title for wrong in lesson.wrong_edits] == ["one", "two", "three"]
    assert lesson.check == 'print("ok: yes")\n'


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("minutes = 5", "minutes = 9", ":3: 9 minutes"),
        ("minutes = 5", "minuts = 5", ":3: Object contains unknown field `minuts`"),
        ('kind = "edit"', 'kind = "essay"', ":5: Invalid enum value 'essay'"),
        ('"b", ', "", ":6: "),
        ('goal = "see"', "goal = see", ":4: not TOML"),
        ("+++\n", "", ":1: it does not begin with TOML"),
        ("(https://example.com/a)", "(http://example.com/a)", ":12: a link is not https"),
        ("## Task\n\nDo", "## Tusk\n\nDo", ":14: there is no section 'Tusk'"),
        ("## Answer", "## Task", ":18: a second section 'Task'"),
        ("## Solution", "## Wrong: zero\n", ":35: beside its files"),
        ("````\n\n", "\n", ":28: no line ```` ends the code that begins here"),
        ("```python check.py", "```python", ":61: a file needs a plain name"),
        ("```python check.py", "```python ../check.py", ":61: a file needs a plain name"),
        ("```python check.py", "```text check.txt", ":59: `Check` is one Python file"),
        ("## Wrong: two\nexpect", "## Wrong: two\nexpects", ":47: beside its files"),
        ('## Wrong: two\nexpect = "no"\n```python server.py\ntext = "2"\n```\n', "", ": it knows 2 wrong answers"),
        (
            "rules = [",
            'options = [{key = "a", text = "b"}]\nrules = [',
            "an exercise of kind edit has no `[[options]]`",
        ),
        ("rules = [", 'shown = ["server.py"]\nrules = [', "an exercise of kind edit has no `shown`"),
        ('kind = "edit"', 'kind = "places"', "an exercise of kind places has no `## Solution`"),
    ],
)
def test_a_mistake_is_told_with_its_place(old, new, told):
    """The file, the line and what is wrong."""
    assert old in LESSON

    said = problem(LESSON.replace(old, new, 1))

    assert said.startswith("lessons/01-sample.md")
    assert told in said


def test_a_file_that_is_to_be_shown_has_to_be_given():
    """Of an exercise with options, whose other files need not be read."""
    text = LESSON.partition("## Solution")[0].replace('kind = "edit"', 'kind = "choice"\nshown = ["no.py"]')
    option = 'options = [{key = "a", text = "b", because = "c", right = true}]\nrules = ['

    assert (
        problem(text.replace("rules = [", option)) == "lessons/01-sample.md:6: `shown` names no.py, which is not given"
    )


@pytest.mark.parametrize("name", ["lessons/sample.md", "lessons/1-sample.md", "lessons/01-Sample.md"])
def test_a_name_has_number_and_id(name):
    """Two digits, then words."""
    assert "a lesson's name is NN-id.md" in problem(LESSON, name)


def test_every_lesson_of_gnomon_is_read():
    """In the order of their numbers; together they have an identity that any change changes."""
    lessons = load()

    assert [lesson.number for lesson in lessons] == sorted({lesson.number for lesson in lessons})
    assert digest_of(lessons) != digest_of(lessons[:-1])
