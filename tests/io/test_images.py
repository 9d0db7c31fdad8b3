"""Container images in every form that tools write, and how one of several is meant."""

import bz2
import gzip
import json
import lzma
import platform
import sys

import pytest

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.core.tree import ImageConfig
from gnomon.io.inventories import read_inventory
from gnomon.io.limits import Limits
from gnomon.io.targets import read
from tests.io.image_builder import (
    OCI_MANIFEST,
    Layout,
    archive,
    config,
    folder,
    layer,
    oci,
    saved_new,
    saved_old,
    sha256,
)  # fmt: skip

PACKAGE = "usr/lib/python3.12/site-packages/acme"
INSTALLED = layer(
    (f"{PACKAGE}/a.py", b"a = 1\n"),
    (f"{PACKAGE}/b.py", b"b = 1\n"),
    (f"{PACKAGE}-1.dist-info/METADATA", b"Name: Acme\nVersion: 1\n"),
    (f"{PACKAGE}-1.dist-info/RECORD", b"acme/a.py,sha256=AAAA,1\nacme/b.py,,\n../../../../app/x.py,,\n"),
)
UPDATED = layer(
    (f"{PACKAGE}-2.dist-info/METADATA", b"Name: Acme\nVersion: 2\n"),
    (f"{PACKAGE}-2.dist-info/RECORD", b"acme/a.py,,\n"),
    ("usr/lib/python3.12/site-packages/.wh.acme-1.dist-info", b""),
    (f"{PACKAGE}/.wh.b.py", b""),
    ("app/x.py", b"x = 1\n"),
)
BASE = layer(folder("app/"), ("app/a.py", b"a = 1\n"), ("app/b.py", b"b = 1\n"), ("etc/passwd", b"root"))
TOP = layer(("app/.wh.a.py", b""), ("app/b.py", b"b = 2\n"), ("app/c.py", b"c = 1\n"))
LEFT = {"app/b.py": b"b = 2\n", "app/c.py": b"c = 1\n"}


def _contents(tree) -> dict[str, bytes]:
    return {file.path: file.data for file in tree.files}


def _reasons(tree) -> dict[str, str]:
    return {entry.path: entry.reason for entry in tree.skipped}


@pytest.fixture
def image(tmp_path):
    """Reads an image of these files, from a tar; `name` chooses among several."""

    def read_files(files, name: str = "", limits: Limits = Limits()):  # noqa: B008
        path = tmp_path / "image.tar"
        path.write_bytes(archive(files))
        return read(f"{path}:{name}" if name else str(path), limits=limits)

    return read_files


@pytest.fixture
def layout(tmp_path):
    """Writes an image layout's files to a folder; its path."""

    def write(files):
        for name, data in files.items():
            path = tmp_path / "layout" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return tmp_path / "layout"

    return write


@pytest.mark.parametrize("make", [saved_old, saved_new, oci])
def test_every_form_in_a_tar_is_read(image, make):
    """The files that the layers leave come with their paths in the image, in whatever order the archive has them."""
    files = make(BASE, TOP)
    backwards = dict(reversed(files.items()))

    assert _contents(image(files)) == LEFT
    assert _contents(image(backwards)) == LEFT
    assert image(files).skipped == ()


@pytest.mark.parametrize("compress", ["", "gzip", "zstd"])
def test_a_layout_that_is_a_folder_is_read(layout, compress):
    """Layers may be compressed; the digest is the manifest's."""
    files = oci(BASE, TOP, compress=compress)

    tree = read(str(layout(files)))

    assert _contents(tree) == LEFT
    assert tree.skipped == ()
    assert tree.digest == json.loads(files["index.json"])["manifests"][0]["digest"]
    assert tree.target == str(layout(files))


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
@pytest.mark.parametrize("make", [saved_old, oci])
def test_the_archive_around_may_be_compressed(tmp_path, make, compress):
    """A stream can't be read backwards, so it is read again where a lower layer lies after a higher one."""
    for order in (dict, lambda items: dict(reversed(items))):
        (tmp_path / "image").write_bytes(compress(archive(order(make(BASE, TOP).items()))))

        tree = read(str(tmp_path / "image"))

        assert _contents(tree) == LEFT
        assert tree.skipped == ()


def test_an_archive_inflated_too_often_is_incomplete(tmp_path):
    """Forty layers in the wrong order would be forty times the work."""
    layers = [layer((f"{number}.py", bytes(50_000))) for number in range(40)]
    (tmp_path / "image").write_bytes(gzip.compress(archive(dict(reversed(saved_old(*layers).items())))))

    tree = read(str(tmp_path / "image"))

    assert "decompress it first" in next(iter(_reasons(tree).values()))
    assert 0 < len(tree.files) < 40


def test_the_digest_of_a_saved_image_is_its_configurations(image):
    """`docker image ls` shows the same."""
    assert image(saved_old(BASE, TOP)).digest == sha256(config([BASE, TOP]))


def test_how_the_image_starts_is_kept(image):
    """Entry point, command, environment and ports come from the configuration."""
    start = {
        "Entrypoint": ["python", "-m", "server"], "Cmd": ["--host", "0.0.0.0"], "Env": ["A=1"], "WorkingDir": "/app",
        "ExposedPorts": {"5557/tcp": {}, "5556/udp": {}}, "Labels": None,
    }  # fmt: skip

    assert image(saved_old(BASE, config=start)).image == ImageConfig(
        platform="linux/amd64",
        entrypoint=("python", "-m", "server"),
        command=("--host", "0.0.0.0"),
        environment=("A=1",),
        exposed_ports=("5556/udp", "5557/tcp"),
        working_folder="/app",
    )


def test_lists_that_are_null_are_empty(image):
    """Some tools write null for a list without entries."""
    files = saved_old(BASE)
    listed = json.loads(files["manifest.json"])
    listed[0]["RepoTags"] = None

    tree = image(files | {"manifest.json": json.dumps(listed).encode()})

    assert sorted(_contents(tree)) == ["app/a.py", "app/b.py"]


def test_an_installed_server_is_looked_at_and_the_interpreters_library_is_not(image):
    """site-packages and dist-packages are read; the standard library is left out, and named."""
    names = [
        "usr/lib/python3/dist-packages/a.py", "usr/lib/python3.11/os.py", "usr/lib/python3.11/asyncio/tasks.py",
        "usr/lib/python3.11/ensurepip/_bundled/pip-23-py3-none-any.whl", "usr/local/lib/python3.12/site-packages/b.py",
        "usr/local/lib/python3.12/server.py", "venv/pyvenv.cfg", "venv/bin/python",
        "venv/lib/python3.9/site-packages/c.py",
        "venv/lib/python3.9/site-packages/d/lib/python3.9/os.py", "node_modules/e.py", "app/lib/os.py",
    ]  # fmt: skip

    tree = image(oci(layer(*((name, b"x = 1\n") for name in names))))

    assert sorted(_contents(tree)) == [
        "app/lib/os.py", "node_modules/e.py", "usr/lib/python3/dist-packages/a.py",
        "usr/local/lib/python3.12/server.py",
        "usr/local/lib/python3.12/site-packages/b.py", "venv/lib/python3.9/site-packages/c.py",
        "venv/lib/python3.9/site-packages/d/lib/python3.9/os.py",
    ]  # fmt: skip
    assert tree.excluded == ("usr/lib/python3.11",)
    assert tree.skipped == ()


def test_an_image_without_python_is_nothing_to_scan(image):
    """An image of another language is told apart from one that could not be read."""
    with pytest.raises(NothingToScan, match="there is no Python in"):
        image(oci(layer(("bin/server", b"\x7fELF"))))


def test_of_several_images_one_is_named(image):
    """Without a name, the message lists them."""
    made = Layout()
    files = made.done(made.manifest([BASE], name="docker.io/ai/server:1"), made.manifest([TOP], name="ai/client:2"))

    with pytest.raises(TargetError) as raised:
        image(files)
    assert "there are 2 images" in raised.value.problem
    assert "docker.io/ai/server:1 (linux/amd64), ai/client:2 (linux/amd64)" in raised.value.problem
    assert raised.value.remedy.endswith("image.tar:docker.io/ai/server:1")
    for name in ("docker.io/ai/server:1", "ai/server:1", "1"):
        assert "app/a.py" in _contents(image(files, name))
    assert "app/c.py" in _contents(image(files, "ai/client:2"))
    assert "app/c.py" in _contents(image(files, json.loads(files["index.json"])["manifests"][1]["digest"][:20]))
    with pytest.raises(TargetError, match=r"there is no image server:3 in .*image\.tar\."):
        image(files, "server:3")


def test_of_several_saved_images_one_is_named(image):
    """As for layouts; two tags of one image are one image."""
    one, two = saved_old(BASE, tags=["a:1", "a:latest"]), saved_old(TOP, tags=["b:1"])
    lists = [json.loads(files["manifest.json"])[0] for files in (one, two)]
    files = one | two | {"manifest.json": json.dumps(lists).encode()}

    assert "app/a.py" in _contents(image(one))
    assert "app/a.py" in _contents(image(files, "a:latest"))
    assert "app/c.py" in _contents(image(files, "b:1"))
    with pytest.raises(TargetError, match="there are 2 images"):
        image(files)


def test_a_name_in_what_is_no_image_is_refused(tmp_path, source, tar):
    """The message says that the path is none, not that it is missing."""
    (tmp_path / "a.tar").write_bytes(tar({"a.py": source}))

    for path in (tmp_path / "a.tar", tmp_path):
        with pytest.raises(TargetError, match="is no container image, so 'x:1' names nothing in it"):
            read(f"{path}:x:1")


def test_the_build_for_this_machine_is_taken(image, monkeypatch):
    """Builds for other platforms, within nested indexes, are left out by rule; linux/amd64 is next best."""
    made = Layout()
    builds = {
        name: made.manifest([layer((f"{name}.py", b"x = 1\n"))], platform=f"linux/{name}/v8")
        for name in ("arm64", "amd64")
    }
    inner = made.index(list(builds.values()))
    files = made.done(made.index([inner], annotations={"org.opencontainers.image.ref.name": "server:1"}))

    for machine, build, other in (
        ("aarch64", "arm64", "amd64"),
        ("x86_64", "amd64", "arm64"),
        ("sparc", "amd64", "arm64"),
    ):
        monkeypatch.setattr(platform, "machine", lambda machine=machine: machine)
        tree = image(files)
        assert list(_contents(tree)) == [f"{build}.py"]
        assert tree.excluded == (f"linux/{other}/v8 (the build for linux/{build}/v8 was read)",)
        assert tree.skipped == ()
    assert list(_contents(image(files, "linux/arm64"))) == ["arm64.py"]


def test_builds_for_other_machines_alone_are_listed(image, monkeypatch):
    """Neither this machine's nor linux/amd64: the user has to say which."""
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    made = Layout()
    files = made.done(*(made.manifest([BASE], platform=f"linux/{name}") for name in ("s390x", "arm64")))

    with pytest.raises(TargetError, match="linux/s390x"):
        image(files)
    assert "app/a.py" in _contents(image(files, "linux/s390x"))


def test_builds_that_were_not_saved_and_attestations_are_left_out(image):
    """An index keeps naming them."""
    made, other = Layout(), Layout()
    said = {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}}
    note = made.blob(b"{}", OCI_MANIFEST, platform={"os": "unknown", "architecture": "unknown"}, **said)
    absent = other.manifest([TOP], platform="linux/arm64")

    tree = image(made.done(made.index([absent, made.manifest([BASE], platform="linux/amd64"), note])))

    assert "app/a.py" in _contents(tree)
    assert tree.excluded == (
        "linux/arm64 (named in the index, not saved with it)",
        f"{note['digest']} (an attestation)",
    )
    assert tree.skipped == ()


def test_an_image_that_calls_itself_an_attestation_is_read(image):
    """The word alone does not keep an engine from starting it."""
    made = Layout()
    said = {"annotations": {"vnd.docker.reference.type": "attestation-manifest"}}

    assert "app/a.py" in _contents(image(made.done(made.manifest([BASE], platform="linux/amd64") | said)))


def test_an_artifact_that_is_no_image_is_listed(image):
    """A chart or a model beside the image is not looked at."""
    made = Layout()
    chart = {"config": made.blob(b"{}", "application/vnd.cncf.helm.config.v1+json"), "layers": []}
    described = made.blob(json.dumps(chart).encode(), OCI_MANIFEST)

    tree = image(made.done(described, made.manifest([BASE])))

    assert "app/a.py" in _contents(tree)
    assert "it is no container image, but of the kind application/vnd.cncf.helm" in _reasons(tree)[described["digest"]]
    with pytest.raises(TargetError, match=r"can't be read as a container image: .* of the kind application/vnd\.cncf"):
        image(made.done(described))


def test_a_source_archive_with_files_named_alike_stays_an_archive(tmp_path, source, tar):
    """`manifest.json` and `index.json` are names that any project may have."""
    for name in ("manifest.json", "index.json", "blobs/a"):
        (tmp_path / "a.tar").write_bytes(tar({name: b'{"name": "app"}', "app.py": source}, "w"))

        tree = read(str(tmp_path / "a.tar"))

        assert list(_contents(tree)) == ["app.py"]
        assert tree.image is None


def test_a_folder_with_python_beside_the_layout_stays_a_folder(layout, source):
    """A layout in the project's own folder must not hide the project."""
    path = layout(oci(BASE) | {"server.py": source})

    assert list(_contents(read(str(path)))) == ["server.py"]


def test_python_beside_an_image_is_listed(image, source):
    """It is in the archive, but in no layer."""
    assert _reasons(image(oci(BASE) | {"server.py": source})) == {"server.py": "it lies beside the image, not in it"}


def test_an_archive_without_a_list_of_images_is_refused(image):
    """A download that broke off has lost it."""
    files = oci(BASE)
    del files["index.json"]

    with pytest.raises(TargetError, match=r"it has neither index\.json nor manifest\.json"):
        image(files)


@pytest.mark.parametrize("data", [b"", b"[", b"[]", b"{}", b"null", b'{"manifests": {}}', b"\xff", b"[" * 100_000])
def test_a_list_that_is_none_is_refused(image, layout, data):
    """Whatever it holds instead, the message names it."""
    for name in ("index.json", "manifest.json"):
        with pytest.raises(TargetError, match="can't be read as a container image"):
            image({"oci-layout": b"{}", name: data})
    with pytest.raises(TargetError, match=r"index\.json: it"):
        read(str(layout({"oci-layout": b"{}", "index.json": data})))


def test_two_lists_that_differ_are_told(image):
    """Engines read one or the other; what is not read must not go unnoticed."""
    files, other = saved_new(BASE), saved_old(TOP)

    tree = image(files | other)

    assert "app/a.py" in _contents(tree)
    assert _reasons(tree) == {"manifest.json": "it does not list the image that was read, from index.json"}


def test_a_configuration_that_is_missing_is_listed(image):
    """The layers are read all the same."""
    made = Layout()
    files = made.done(made.manifest([BASE]))
    gone = next(name for name, data in files.items() if data == config([BASE]))
    del files[gone]

    tree = image(files)

    assert "app/a.py" in _contents(tree)
    assert _reasons(tree) == {f"sha256:{gone[-64:]}": "the image's configuration: it is missing"}


def test_zstd_without_its_extra_says_how_to_install_it(image, monkeypatch):
    """The layer is listed with the command."""
    files = oci(BASE, compress="zstd")
    for package in ("backports", "compression", "gnomon.io"):
        monkeypatch.setitem(sys.modules, f"{package}.zstd", None)
        monkeypatch.delattr(sys.modules.get(package), "zstd", raising=False)
    monkeypatch.delitem(sys.modules, "gnomon.io.zstd")

    (reason,) = _reasons(image(files)).values()

    assert reason == "it is compressed with zstd; to read it: pip install 'gnomon[images]'"


def test_an_image_is_not_a_folders_neighbour(tmp_path):
    """A colon in a file's own name is no separator."""
    (tmp_path / "a:b.py").write_bytes(b"x = 1\n")

    assert list(_contents(read(str(tmp_path / "a:b.py")))) == ["a:b.py"]


@pytest.mark.parametrize(
    ("layers", "version", "files"),
    [((INSTALLED,), "1", ["a.py", "b.py"]), ((INSTALLED, UPDATED), "2", ["a.py"])],
)
def test_installed_packages_are_those_of_the_last_layer(tmp_path, layers, version, files):
    """With the files of their lists, as the layers leave them; what audit reads changes nothing for scan."""
    path = tmp_path / "image.tar"
    path.write_bytes(archive(oci(*layers)))

    inventory = read_inventory(str(path))

    [package] = inventory.packages
    assert (inventory.kind, package.name, package.version) == ("container image", "acme", version)
    holding = inventory.holding(package)
    assert [file.path.removeprefix(f"{PACKAGE}/") for file in holding.tree.files] == files
    assert {file.path for file in holding.tree.files} <= {file.path for file in read(str(path)).files}


def test_a_layout_is_an_inventory_too(tmp_path):
    """As a folder, and by name."""
    for name, data in oci(INSTALLED, name="server:1").items():
        (tmp_path / "image" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "image" / name).write_bytes(data)

    for target in (tmp_path / "image", f"{tmp_path / 'image'}:server:1"):
        assert [package.name for package in read_inventory(str(target)).packages] == ["acme"]
