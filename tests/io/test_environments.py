"""What is installed in a process's environment, and what of it shows whose a socket is."""

import pytest

from gnomon.io.environments import installed
from gnomon.probe.owner import Distribution


def lay(folder, name, metadata, **others):
    """Metadata of one distribution."""
    place = folder / name
    place.mkdir()
    (place / ("METADATA" if name.endswith(".dist-info") else "PKG-INFO")).write_text(metadata)
    for file, text in others.items():
        (place / f"{file}.txt").write_text(text)


def test_metadata_tells_name_modules_commands_and_whether_zeromq_is_used(tmp_path):
    """A requirement of an extra counts; what a description says does not."""
    lay(
        tmp_path,
        "Some_Server-1.2.dist-info",
        "Name: Some.Server\nVersion: 1.2+cu1\nRequires-Dist: pyZMQ>=25; extra == 'srt'\n\nText\n",
        top_level="server\nserver_kernels\n",
        entry_points="[console_scripts]\nsome-server = server.cli:main\nServe=server.cli:main\n[other]\nx = y\n",
    )
    lay(tmp_path, "plain-2.0-py3.11.egg-info", "Name: plain\nVersion: 2.0\n\nRequires-Dist: pyzmq\n")

    assert set(installed("", str(tmp_path))) == {
        Distribution(
            name="some-server",
            version="1.2+cu1",
            modules=("server", "server_kernels"),
            commands=("some-server", "Serve"),
            uses_zeromq=True,
        ),
        Distribution(name="plain", version="2.0", modules=("plain",)),
    }


@pytest.mark.parametrize("broken", ["[console_scripts", "x = y", "[console_scripts]\n= = =\n", "\0"])
def test_a_broken_list_of_commands_hides_nothing_else(tmp_path, broken):
    """The distribution is there all the same."""
    lay(tmp_path, "a-1.dist-info", "Name: a\nVersion: 1\n", entry_points=broken)

    assert [each.name for each in installed("", str(tmp_path))] == ["a"]


def test_what_can_not_be_read_is_empty(tmp_path):
    """No folder, none that there is, or metadata without a name."""
    lay(tmp_path, "nameless-1.dist-info", "Version: 1\n")
    (tmp_path / "gone-1.dist-info").mkdir()

    assert installed("", "") == installed(str(tmp_path), "/none") == installed("", str(tmp_path)) == ()
