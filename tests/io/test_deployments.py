"""Deployment files come in with the code from every kind of target, within limits of their own."""

import os
from pathlib import Path

import pytest

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.core.tree import Tree
from gnomon.io.limits import Limits
from gnomon.io.targets import read

FILES = {
    "Dockerfile": b"FROM a\n",
    "app.py": b"import zmq\n",
    "chart/values.yaml": b"a: 1\n",
    "deploy/pod.yaml": b"apiVersion: v1\nkind: Pod\n",
    "worker.env": b"A=1\n",
    "mkdocs.yml": b"site_name: a\n",
}
TAKEN = ["Dockerfile", "chart/values.yaml", "deploy/pod.yaml", "worker.env"]


def _write(folder: Path, files: dict[str, bytes]) -> str:
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    return str(folder)


def _paths(tree: Tree) -> list[str]:
    return [file.path for file in tree.deployments]


def _reasons(tree: Tree) -> dict[str, str]:
    return {entry.path: entry.reason for entry in tree.skipped}


def test_a_folder_brings_its_deployment_files(tmp_path):
    """By name and, for manifests, by content, in path order; other YAML stays out."""
    tree = read(_write(tmp_path, FILES))

    assert _paths(tree) == TAKEN
    assert [file.path for file in tree.files] == ["app.py"]
    assert tree.deployments[0].data == FILES["Dockerfile"]
    assert tree.skipped == ()


@pytest.mark.parametrize("form", ["tar", "zip"])
def test_an_archive_brings_them_too(tmp_path, tar, zipped, form):
    """Tars and zips give the same as the folder they were made of."""
    (tmp_path / "a").write_bytes(tar(FILES) if form == "tar" else zipped(FILES))
    (tmp_path / "a").rename(tmp_path / f"a.{form}")

    tree = read(str(tmp_path / f"a.{form}"))

    assert _paths(tree) == TAKEN
    assert tree.skipped == ()


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "pod.yaml"])
def test_one_of_them_is_a_target(tmp_path, name):
    """A deployment file can be named alone."""
    _write(tmp_path, {name: FILES["deploy/pod.yaml"]})

    assert _paths(read(str(tmp_path / name))) == [name]


def test_a_folder_of_deployment_files_is_something_to_look_at(tmp_path):
    """Without Python too; empty ones are nothing."""
    assert _paths(read(_write(tmp_path / "a", {"Dockerfile": b"FROM a\n"}))) == ["Dockerfile"]
    with pytest.raises(NothingToScan):
        read(_write(tmp_path / "b", {"Dockerfile": b""}))


def test_other_yaml_is_no_target(tmp_path):
    """A file of settings is refused by name, with what could be named."""
    with pytest.raises(TargetError, match="neither Python nor a deployment file"):
        read(_write(tmp_path, {"mkdocs.yml": b"site_name: a\n"}) + "/mkdocs.yml")


@pytest.mark.parametrize("form", ["folder", "tar", "zip"])
def test_a_large_one_is_listed_and_large_yaml_of_another_kind_is_not(tmp_path, tar, zipped, form):
    """What deploys and is too large could have said something; recordings and schemas could not."""
    large = b"# " + b"x" * 1_100_000
    files = {
        "ok.py": b"import zmq\n",
        "Dockerfile": large,
        "cassette.yaml": large,
        "pod.yaml": FILES["deploy/pod.yaml"] + large,
    }
    target = _write(tmp_path / "a", files)
    if form != "folder":
        (tmp_path / "a.any").write_bytes(tar(files) if form == "tar" else zipped(files))
        target = str((tmp_path / "a.any").rename(tmp_path / f"a.{form}"))

    tree = read(target)

    assert _paths(tree) == []
    assert set(_reasons(tree)) == {"Dockerfile", "pod.yaml"}
    assert "larger than the limit of 1 MB" in _reasons(tree)["Dockerfile"]


@pytest.mark.parametrize("limits", [Limits(max_deployments=2), Limits(max_deployments_bytes=10)])
def test_too_many_are_told_once(tmp_path, limits):
    """Beyond the limit of files or bytes the rest is not read, and the code still is."""
    tree = read(_write(tmp_path, FILES), limits=limits)

    assert [file.path for file in tree.files] == ["app.py"]
    assert len(tree.deployments) < len(TAKEN)
    assert [entry.path for entry in tree.skipped] == ["."]
    assert "deployment files" in tree.skipped[0].reason


def test_pipes_and_links_out_of_the_folder_are_listed(tmp_path):
    """A compose file that is a pipe is never opened, and one that is a link elsewhere is not followed."""
    outside = tmp_path / "outside"
    _write(outside, {"compose.yaml": b"services: {}\n"})
    inside = tmp_path / "inside"
    _write(inside, {"ok.py": b"import zmq\n"})
    os.mkfifo(inside / "compose.yaml")
    os.mkfifo(inside / "other.yaml")
    (inside / "docker-compose.yml").symlink_to(outside / "compose.yaml")
    (inside / "other.yml").symlink_to(outside / "compose.yaml")

    tree = read(str(inside))

    assert _paths(tree) == []
    assert set(_reasons(tree)) == {"compose.yaml", "docker-compose.yml"}


def test_a_link_within_the_folder_is_read_under_its_own_name(tmp_path):
    """The file itself is read, so that nothing is missing."""
    _write(tmp_path, {"deploy/compose.yaml": b"services: {}\n", "ok.py": b"import zmq\n"})
    (tmp_path / "compose.yaml").symlink_to("deploy/compose.yaml")

    tree = read(str(tmp_path))

    assert _paths(tree) == ["deploy/compose.yaml"]
    assert tree.skipped == ()
