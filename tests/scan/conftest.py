"""The channels of small targets."""

import pytest

from gnomon.core.finding import Finding
from gnomon.core.tree import SourceFile, Tree
from gnomon.knowledge.load import load
from gnomon.scan.detect import findings
from gnomon.scan.ends import channels


@pytest.fixture(scope="session")
def knowledge():
    """The bundled rules and models."""
    return load()


@pytest.fixture
def found(knowledge):
    """The channels of files given by name."""

    def ask(*, holdings=False, **files):
        tree = Tree(
            target="t",
            files=tuple(SourceFile(path=f"{name}.py", data=text.encode()) for name, text in sorted(files.items())),
        )
        everything = [item for item in findings(tree, knowledge) if isinstance(item, Finding)]
        return channels(tree, knowledge, everything, holdings=holdings)

    return ask
