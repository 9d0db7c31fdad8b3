"""Generated modules lie where all of their users can import them."""

import pytest

from gnomon.core.patch import Import
from gnomon.core.tree import SourceFile, Tree
from gnomon.fix import modules
from gnomon.fix.sources import Sources

PACKAGE = {"p/__init__.py": "", "p/server/__init__.py": "", "p/server/a.py": "", "p/client.py": ""}


@pytest.mark.parametrize(
    ("files", "touched", "expected"),
    [
        ({"server.py": "", "client.py": ""}, ["server.py", "client.py"], "wire_messages.py"),
        ({"one/server.py": ""}, ["one/server.py"], "one/wire_messages.py"),
        (PACKAGE, ["p/server/a.py", "p/client.py"], "p/wire_messages.py"),
        (PACKAGE, ["p/server/a.py"], "p/server/wire_messages.py"),
        ({**PACKAGE, "tools/c.py": ""}, ["p/server/a.py", "tools/c.py"], "p/server/wire_messages.py"),
        ({"server.py": "", "wire_messages.py": ""}, ["server.py"], "wire_messages_2.py"),
    ],
)
def test_a_module_lies_in_the_nearest_common_folder(files, touched, expected):
    """Within a package if one of the files is in one, beside a file that has its name already."""
    assert modules.module_path("wire", touched, _sources(files)) == expected


@pytest.mark.parametrize(
    ("importer", "text", "module", "expected"),
    [
        ("p/server/a.py", "", "p/wire_messages.py", "..wire_messages"),
        ("p/client.py", "", "p/wire_messages.py", ".wire_messages"),
        ("p/client.py", "from p.server import a", "p/wire_messages.py", "p.wire_messages"),
        ("p/client.py", "from p.server import a\nfrom . import server", "p/wire_messages.py", ".wire_messages"),
        ("p/client.py", "import client_options", "p/wire_messages.py", "wire_messages"),
        ("s.py", "", "p/wire_messages.py", "p.wire_messages"),
        ("s.py", "", "wire_messages.py", "wire_messages"),
    ],
)
def test_an_import_is_written_as_the_file_writes_its_own(importer, text, module, expected):
    """Relative in a package; in full, or as a neighbour's, where the file does so."""
    sources = _sources({**PACKAGE, "p/client_options.py": "", "s.py": "", importer: text})

    found = modules.imported(importer, module, "CODEC", sources)

    assert found == Import(path=importer, module=expected, name="CODEC")


@pytest.mark.parametrize(
    ("files", "module", "expected"),
    [
        ({**PACKAGE, "tests/test_a.py": ""}, "p/wire_messages.py", "tests/test_wire_messages.py"),
        ({**PACKAGE, "tests/test_a.py": ""}, "p/server/wire_messages.py", "tests/test_server_wire_messages.py"),
        (PACKAGE, "p/wire_messages.py", "p/test_wire_messages.py"),
        ({"src/p/__init__.py": "", "test/t.py": ""}, "src/p/wire_messages.py", "test/test_wire_messages.py"),
        ({"s.py": "", "tests/test_s.py": ""}, "wire_messages.py", "test_wire_messages.py"),
        ({"s.py": "", "tests/test_s.py": "import s"}, "wire_messages.py", "tests/test_wire_messages.py"),
        ({"s.py": "", "test_wire_messages.py": ""}, "wire_messages.py", "test_wire_messages_2.py"),
    ],
)
def test_a_test_lies_where_it_can_import_the_module(files, module, expected):
    """Among the target's own tests, or beside the module where those could not import it."""
    assert modules.test_path(module, _sources(files)) == expected


def test_the_absolute_name_begins_at_the_package():
    """A module in no package is named by itself."""
    sources = _sources({"src/p/__init__.py": "", "scripts/s.py": ""})

    assert modules.dotted("src/p/wire_messages.py", sources) == "p.wire_messages"
    assert modules.dotted("scripts/wire_messages.py", sources) == "wire_messages"


def _sources(files: dict[str, str]) -> Sources:
    return Sources(Tree(target=".", files=tuple(SourceFile(path=p, data=t.encode()) for p, t in files.items())))


def test_another_package_beside_imports_by_full_name():
    """Tests that are a package themselves are no part of the one that they test."""
    files = ("app/__init__.py", "app/server.py", "tests/__init__.py", "tests/test_app.py")
    sources = _sources(dict.fromkeys(files, ""))

    found = modules.imported("tests/test_app.py", "app/signed_pickle.py", "loads", sources)

    assert (found.module, found.name) == ("app.signed_pickle", "loads")
