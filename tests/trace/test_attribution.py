"""Comments that say where code was taken from, as people write them."""

import pytest

from gnomon.trace.attribution import attributions, names, of_unit
from tests.trace.code import SERVER, place


@pytest.mark.parametrize(
    ("text", "project", "path", "revision"),
    [
        (
            "# Adapted from https://github.com/vllm-project/vllm/blob/v0.5.4/vllm/distributed/utils.py\n",
            "vllm-project/vllm",
            "vllm/distributed/utils.py",
            "v0.5.4",
        ),
        (
            "# Copied from\n# https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/utils.py#L12-L30\n",
            "sgl-project/sglang",
            "python/sglang/srt/utils.py",
            "main",
        ),
        ('"""Taken from the lightllm project."""\n', "lightllm", "", ""),
        ("# adapted from vllm/distributed/parallel_state.py\n", "vllm", "vllm/distributed/parallel_state.py", ""),
        (
            "# https://raw.githubusercontent.com/vllm-project/vllm/v0.6.0/vllm/utils.py is where it was copied from\n",
            "vllm-project/vllm",
            "vllm/utils.py",
            "v0.6.0",
        ),
        ("# see https://github.com/a/b/blob/0a1b2c3d4e5f/x/y.py\n", "a/b", "x/y.py", "0a1b2c3d4e5f"),
    ],
)
def test_what_a_comment_names(text, project, path, revision):
    """Repository or package, path and tag or commit, on one line or two."""
    (found,) = attributions(text)

    assert found.project == project
    assert (found.path, found.revision) == (path, revision)


@pytest.mark.parametrize(
    "text",
    [
        "# https://github.com/vllm-project/vllm/issues/17128\n",
        "copied = source.copy(from_=1)\n",
        "x = values_taken_from(y)\n",
        "# nothing of the kind\n",
    ],
)
def test_what_is_no_attribution(text):
    """Links to issues, and code."""
    assert attributions(text) == []


def test_one_project_under_all_its_names():
    """Owner and name as comments write them, or the name alone as an index writes it."""
    (found,) = attributions("# Adapted from https://github.com/Sgl-Project/SGLang/blob/main/a.py\n")

    assert names(found, ["vllm", "sglang"]) == "sglang"
    assert names(found, ["sgl-project/sglang"]) == "sgl-project/sglang"
    assert names(found, ["somebody/sglang"]) == ""


def test_the_nearest_speaks_first():
    """A comment above a definition says more about it than one at the head of the file."""
    text = "# Adapted from https://github.com/a/one/blob/main/x.py\n" + SERVER.replace(
        "class Queue:", "# Copied from https://github.com/b/two/blob/main/y.py\nclass Queue:"
    )
    read = place(text)
    queue = next(each for each in read.units if each.qualname == "Queue")

    assert [each.project for each in of_unit(read.attributions, queue)] == ["b/two", "a/one"]


def test_a_hostile_text_takes_no_time():
    """Many words that begin an attribution, and none that ends it."""
    assert attributions("# copied " * 20_000) == []
    assert len(attributions("# adapted from one\n# adapted from two\n" * 2_000)) == 4_000
