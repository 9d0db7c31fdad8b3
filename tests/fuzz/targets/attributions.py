"""Any text's comments are read for where code was taken from."""

from gnomon.trace.attribution import attributions

SEEDS = (
    b"# Adapted from https://github.com/vllm-project/vllm/blob/v0.5.4/vllm/utils.py\nimport os\n",
    b"# Copied from\n# https://github.com/a/b/blob/main/x.py#L1-L9\n",
    b'"""Taken from the lightllm project.\n\nBased on https://raw.githubusercontent.com/a/b/main/c.py"""\n',
    b"# modified from vllm/distributed/utils.py\nx = copied(from_=1)\n",
)


def once(data: bytes) -> None:
    """Lines are ascending and in the text, and what is shown is one line."""
    text = data.decode("utf-8", "replace")
    found = attributions(text)
    lines = [each.line for each in found]
    assert lines == sorted(set(lines))
    assert all(0 < line <= text.count("\n") + 1 for line in lines)
    assert all("\n" not in each.text and each.project for each in found)
