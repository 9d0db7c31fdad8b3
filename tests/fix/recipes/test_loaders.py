"""Loaders are told to take plain content alone, with as small a change as can be."""

import ast

import pytest

from gnomon.core.finding import Finding, Source
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix.protocol import Rewritten
from gnomon.fix.recipes.loaders import offer
from gnomon.fix.rewriting import rewritten
from gnomon.fix.sources import Sources, span_of


@pytest.mark.parametrize(
    ("api", "before", "after"),
    [
        ("torch.load", "torch.load(f)", "torch.load(f, weights_only=True)"),
        ("torch.load", "torch.load(f, 'cpu', weights_only=False)", "torch.load(f, 'cpu', weights_only=True)"),
        ("torch.load", "torch.load(f, weights_only=a or b)", "torch.load(f, weights_only=True)"),
        ("torch.load", "torch.load(\n    f,  # words\n)", "torch.load(\n    f, weights_only=True,  # words\n)"),
        ("numpy.load", "np.load(f, None, True)", "np.load(f, None, False)"),
        ("numpy.load", "np.load(f, allow_pickle=True)", "np.load(f, allow_pickle=False)"),
        ("numpy.lib.format.read_array", "read_array(f, True)", "read_array(f, False)"),
        ("yaml.load", "yaml.load(f)", "yaml.safe_load(f)"),
        ("yaml.load", "yaml.load(f, Loader=yaml.Loader)", "yaml.safe_load(f)"),
        ("yaml.load", "yaml.load(f, yaml.UnsafeLoader)", "yaml.safe_load(f)"),
        ("yaml.load", "yaml.load(Loader=yaml.Loader, stream=f)", "yaml.safe_load(stream=f)"),
        ("yaml.load", "yaml.load(stream=f, Loader=yaml.Loader)", "yaml.safe_load(stream=f)"),
        ("yaml.load_all", "yaml.load_all(f, yaml.Loader)", "yaml.safe_load_all(f)"),
        ("yaml.unsafe_load", "yaml.unsafe_load(  # a\n    f,  # b\n)", "yaml.safe_load(  # a\n    f,  # b\n)"),
        ("torch.load", "torch.load(*given)", None),
        ("torch.load", "torch.load(f, **options)", None),
        ("numpy.load", "np.load(**options)", None),
    ],
)
def test_the_switch_is_set(api, before, after):
    """What is given stays as it is written; arguments that stand elsewhere are not guessed."""
    source = f"x = {before}\n"

    found = offered(source, api)

    if after is None:
        assert found.standing == "impossible"
        assert found.why == ("what the call at a.py:1 is given stands in arguments that are not written there",)
    else:
        assert found.standing == "suggested"
        assert rewritten({"a.py": source.encode()}, found.patch) == Rewritten(files={"a.py": f"x = {after}\n".encode()})


def test_names_that_were_imported_for_it_go():
    """`from yaml import load, Loader` becomes what is used then."""
    source = "from yaml import Loader, load\n\nx = load(f, Loader=Loader)\n"

    found = offered(source, "yaml.load")

    assert rewritten({"a.py": source.encode()}, found.patch) == Rewritten(
        files={"a.py": b"from yaml import safe_load\n\nx = safe_load(f)\n"}
    )


def test_other_calls_are_left_to_others():
    """Pickle has no such switch."""
    assert offered("x = pickle.loads(f)\n", "pickle.loads") is None


def test_a_loader_that_is_handed_on_is_not_changed():
    """There is no call to change."""
    source = "x = partial(torch.load)\n"

    found = offered(source, "torch.load", handed_on=True)

    assert (found.standing, found.why) == ("impossible", ("the loader is not called at a.py:1, but handed on",))


def offered(source, api, *, handed_on=False):
    """What is offered for the first call in the source."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    node = calls[0].args[0] if handed_on else calls[0]
    finding = Finding(
        rule="pickle-over-network",
        severity=Severity.CRITICAL,
        confidence=Confidence.HIGH,
        message="words",
        site=CodeSite(path="a.py", span=span_of(node)),
        qualname="<module>",
        sink=api,
        source=Source(kind="zmq"),
    )
    return offer(finding, Sources(Tree(target=".", files=(SourceFile(path="a.py", data=source.encode()),))))
