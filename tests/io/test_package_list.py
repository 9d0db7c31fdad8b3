"""A list of packages: names, what of them counts, and where a line is wrong."""

import pytest

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.io.package_list import Watchword, package_list


def listed(tmp_path, text: str):
    """The packages of a file with that text."""
    path = tmp_path / "packages.txt"
    path.write_text(text)
    return package_list(str(path))


def test_names_and_the_versions_that_count(tmp_path):
    """Names as pip compares them, each once; comments and blank lines don't count."""
    text = "# ours\n\npypi:vLLM\nllama_stack >=0.0.38, <1  # the old line\nvllm==1.*\n"

    assert listed(tmp_path, text) == (
        Watchword(name="vllm"),
        Watchword(name="llama-stack", specifier="<1,>=0.0.38"),
    )


@pytest.mark.parametrize("line", ["../x", "a b", "a @ https://x.example/a.whl", "a; python_version>'3'", "\x1b[2J"])
def test_a_line_that_is_no_package_is_told_with_its_number(tmp_path, line):
    """And with what to write instead."""
    with pytest.raises(TargetError, match=r"packages\.txt:2: .* is no package") as raised:
        listed(tmp_path, f"vllm\n{line}\n")

    assert "vllm>=0.8" in raised.value.remedy


def test_an_empty_list_and_none(tmp_path):
    """Nothing to look at is 3, a list that is not there is 2."""
    with pytest.raises(NothingToScan):
        listed(tmp_path, "# none\n")
    with pytest.raises(TargetError, match="no such file"):
        package_list(str(tmp_path / "nosuch.txt"))
