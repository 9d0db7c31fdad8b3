"""What a stack of layers leaves, and what a hostile one does not get away with."""

import gzip
import hashlib
import json
import tarfile
import time
import tracemalloc

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.io.limits import Limits
from gnomon.io.targets import read
from tests.io.image_builder import (
    OCI_INDEX,
    Layout,
    archive,
    config,
    folder,
    hardlink,
    layer,
    oci,
    saved_new,
    saved_old,
    sha256,
    symlink,
)  # fmt: skip

ONE, TWO, THREE = b"one = 1\n", b"two = 2\n", b"three = 3\n"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def _contents(tree) -> dict[str, bytes]:
    return {file.path: file.data for file in tree.files}


def _reasons(tree) -> dict[str, str]:
    return {entry.path: entry.reason for entry in tree.skipped}


@pytest.fixture
def image(tmp_path):
    """Reads an image of these files."""

    def read_files(files, limits: Limits = Limits()):  # noqa: B008
        (tmp_path / "image.tar").write_bytes(archive(files))
        return read(str(tmp_path / "image.tar"), limits=limits)

    return read_files


@pytest.fixture
def left(image):
    """What layers leave, each a list of entries."""

    def read_layers(*layers):
        try:
            tree = image(saved_old(*(layer(*entries) for entries in layers)))
        except NothingToScan:
            return {}
        assert tree.skipped == ()
        return _contents(tree)

    return read_layers


def test_a_higher_layer_overwrites(left):
    """Of two files with one name, that of the higher layer is in the image; within a layer, the later."""
    assert left([("a.py", ONE)], [("a.py", TWO), ("a.py", THREE)]) == {"a.py": THREE}


def test_a_whiteout_hides_a_file_or_a_whole_folder(left):
    """`.wh.NAME` hides NAME in its folder, whatever it is."""
    base = [("a.py", ONE), ("pkg/b.py", ONE), ("pkg/sub/c.py", ONE), ("pkgs.py", ONE)]

    assert left(base, [(".wh.a.py", b""), (".wh.pkg", b"")]) == {"pkgs.py": ONE}
    assert left(base, [("pkg/.wh.sub", b"")]) == {"a.py": ONE, "pkg/b.py": ONE, "pkgs.py": ONE}


def test_a_whiteout_hides_nothing_of_its_own_layer(left):
    """Wherever in the layer it stands."""
    base = [("pkg/a.py", ONE), ("pkg/b.py", ONE)]

    assert left(base, [("pkg/a.py", TWO), ("pkg/.wh.a.py", b"")]) == {"pkg/a.py": TWO, "pkg/b.py": ONE}
    assert left(base, [("pkg/a.py", TWO), (".wh.pkg", b"")]) == {"pkg/a.py": TWO}
    assert left(base, [("pkg/c.py", TWO), ("pkg/.wh..wh..opq", b"")]) == {"pkg/c.py": TWO}
    assert left(base, [("pkg/.wh..wh..opq", b""), ("pkg/c.py", TWO)]) == {"pkg/c.py": TWO}


def test_what_was_hidden_may_come_back(left):
    """A third layer adds again what the second hid."""
    assert left([("a.py", ONE)], [(".wh.a.py", b"")], [("a.py", THREE)]) == {"a.py": THREE}


def test_an_opaque_root_hides_all_below(left):
    """Also in the image's topmost folder."""
    assert left([("a.py", ONE), ("b/c.py", ONE)], [(".wh..wh..opq", b""), ("d.py", TWO)]) == {"d.py": TWO}


def test_bookkeeping_of_old_drivers_hides_nothing(left):
    """The driver aufs left `.wh..wh.aufs` and folders of its own."""
    assert left([("a.py", ONE)], [(".wh..wh.aufs", b""), (".wh..wh.plnk/b", b"")]) == {"a.py": ONE}


def test_a_file_may_take_a_folders_place_and_the_reverse(left):
    """What was there is gone, whether the newcomer is Python or not."""
    base = [("x/a.py", ONE), ("y.py", ONE), ("z/b.py", ONE)]

    assert left(base, [("x", b"text"), ("y.py/c.py", TWO), symlink("z", "x")]) == {"y.py/c.py": TWO}
    assert left(base, [folder("y.py"), folder("x")]) == {"x/a.py": ONE, "z/b.py": ONE}
    assert left([("a.py", ONE)], [("a.py", b"", tarfile.CHRTYPE), (".wh.a.py", b""), folder("a.py/")]) == {}


def test_absolute_and_dotted_names_are_the_images_own(left):
    """An engine takes `/app/a.py` and `./app/a.py` for the same file, and `./` for the root."""
    assert left([folder("./"), folder("/"), ("/app/a.py", ONE)], [("./app/a.py", TWO)]) == {"app/a.py": TWO}


def test_a_hard_link_is_read_under_one_name(left):
    """That which Python imports; if it is hidden or overwritten, the file is still there under the other."""
    base = [("cache/a.py", ONE), hardlink("lib/site-packages/a.py", "cache/a.py")]

    assert left(base) == {"lib/site-packages/a.py": ONE}
    assert left(base, [("lib/site-packages/.wh.a.py", b"")]) == {"cache/a.py": ONE}
    assert left(base, [("cache/a.py", TWO)]) == {"cache/a.py": TWO, "lib/site-packages/a.py": ONE}
    assert left([("a.py", ONE)], [hardlink("/b.py", "/a.py"), (".wh.a.py", b"")]) == {"b.py": ONE}


def test_links_to_what_is_not_read_under_its_own_name_are_listed(image):
    """The file behind may be Python under another name."""
    tree = image(
        oci(
            layer(
                ("data", ONE), symlink("a.py", "data"), hardlink("b.py", "data"), hardlink("c.py", "../d.py"),
                ("ok.py", ONE), symlink("e.py", "ok.py"), symlink("f.py", "gone.py"), symlink("g.txt", "data"),
                hardlink("bin/tool", "bin/other"), ("h.py", b"", tarfile.FIFOTYPE), ("i-1-py3-none-any.whl", b"PK"),
            )
        )
    )  # fmt: skip

    assert _contents(tree) == {"ok.py": ONE}
    assert _reasons(tree) == {
        "a.py": "a link to a file that is not read under its own name",
        "b.py": "a hard link to a file that is not read under its own name",
        "c.py": "a hard link to a file that is not read under its own name",
        "h.py": "a device, pipe or sparse file",
        "i-1-py3-none-any.whl": "an archive within the image is not opened",
    }


def test_what_could_not_be_read_and_is_hidden_is_not_missed(left):
    """A file that is too large in a lower layer is no gap once a higher layer deleted it."""
    assert left([("big.py", bytes(6_000_000)), ("a.py", ONE)], [(".wh.big.py", b"")]) == {"a.py": ONE}


def test_links_to_folders_are_followed_within_the_layer(left):
    """A file written through a link lies where the link leads, never outside of the image."""
    links = [
        symlink("lib", "usr/lib"),
        symlink("abs", "/usr"),
        symlink("up", "../../../usr/./lib"),
        symlink("me", "me"),
    ]

    assert left([*links, ("lib/a.py", ONE), ("abs/lib/b.py", ONE), ("up/c.py", ONE), ("me/d.py", ONE)]) == {
        "usr/lib/a.py": ONE, "usr/lib/b.py": ONE, "usr/lib/c.py": ONE, "me/d.py": ONE,
    }  # fmt: skip
    assert left([("usr/lib/a.py", ONE)], [symlink("lib", "usr/lib"), ("lib/.wh.a.py", b"")]) == {}
    assert left([("a/b/x.py", ONE), symlink("to", "a/b"), symlink("y", "to/../c"), ("y/d.py", TWO)]) == {
        "a/b/x.py": ONE, "a/c/d.py": TWO,
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [("lib/a.py", TWO), ("lib/a.py", b"", tarfile.CHRTYPE), ("lib/new.py", TWO), symlink("lib/to", "b"),
     folder("lib/a.py"), ("lib/.wh.a.py", b""), ("lib/.wh.b", b""), ("lib/b/.wh..wh..opq", b"")],
)  # fmt: skip
def test_what_changes_through_a_link_of_a_lower_layer_is_listed(image, change):
    """One engine (umoci) follows the link, another (Podman) replaces it by a folder: either may start other code."""
    base = layer(("usr/lib/a.py", ONE), ("usr/lib/b/c.py", ONE), symlink("lib", "usr/lib"), ("ok.py", ONE))

    tree = image(saved_old(base, layer(change)))

    assert "ok.py" in _contents(tree)
    assert set(_reasons(tree).values()) - {"a device, pipe or sparse file"} == {
        "changed through a link of a lower layer, which container engines take differently"
    }


def test_what_does_not_change_python_through_a_link_is_not_listed(image):
    """Nor does a folder that takes the link's place."""
    base = layer(("usr/lib/a.py", ONE), symlink("lib", "usr/lib"))

    tree = image(saved_old(base, layer(("lib/new.txt", TWO), ("lib/.wh.gone", b""), folder("lib/b"))))
    assert _contents(tree) == {"usr/lib/a.py": ONE}
    assert tree.skipped == ()
    tree = image(saved_old(base, layer(folder("lib"), ("lib/a.py", TWO))))
    assert _contents(tree) == {"usr/lib/a.py": ONE, "lib/a.py": TWO}
    assert tree.skipped == ()


@pytest.mark.parametrize("name", ["../x.py", "a/../../x.py", "/../x.py", "..", "../.wh.ok.py"])
def test_names_that_lead_out_are_listed(image, name):
    """They are neither read nor do they hide anything."""
    tree = image(saved_old(layer(("ok.py", ONE)), layer((name, TWO))))

    assert _contents(tree) == {"ok.py": ONE}
    assert _reasons(tree) == {name: "its name leads out of the image"}


@pytest.mark.parametrize("name", [".wh.", ".wh..", ".wh...", "pkg/.wh...", "pkg/.wh.."])
def test_a_whiteout_of_the_folder_around_it_hides_nothing(image, name):
    """`.wh...` would hide the folder above."""
    tree = image(saved_old(layer(("pkg/ok.py", ONE)), layer((name, b""))))

    assert _contents(tree) == {"pkg/ok.py": ONE}
    assert _reasons(tree) == {name: "it would hide a folder from within"}


def test_long_and_deep_names_are_listed(image):
    """Neither can be unpacked, and each would cost memory."""
    long, deep = "a" * 5000 + ".py", "d/" * 150 + "a.py"

    tree = image(saved_old(layer(("ok.py", ONE), (long, ONE), (deep, ONE), symlink("l.py", "x/" * 5000))))

    assert _contents(tree) == {"ok.py": ONE}
    assert _reasons(tree)[deep] == "more than 100 folders deep"
    assert _reasons(tree)[long[:1024]] == "its name is too long"


def test_a_torn_layer_keeps_what_came_before(image):
    """The layer is listed, and the next one is read."""
    noise = "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(2000))
    whole = layer(("a.py", ONE), ("b.py", f"x = '{noise}'\n".encode()))
    files = saved_old(whole, layer(("c.py", TWO)))
    name = next(iter(files))

    tree = image(files | {name: whole[:3000]})

    assert _contents(tree) == {"a.py": ONE, "c.py": TWO}
    assert {entry.path for entry in tree.skipped} == {name, "b.py"}
    assert any("the layer is damaged" in entry.reason for entry in tree.skipped)


@pytest.mark.parametrize("make", [oci, saved_new, saved_old])
def test_a_layer_with_another_digest_is_listed(image, make):
    """It is read all the same, but nobody vouches for it."""
    files = make(layer(("a.py", ONE)), layer(("b.py", ONE)))
    name = next(name for name, data in files.items() if layer(("a.py", ONE)) in (data, _inflated(data)))
    other = layer(("a.py", TWO))

    tree = image(files | {name: gzip.compress(other, mtime=0) if make is oci else other})

    assert _contents(tree) == {"a.py": TWO, "b.py": ONE}
    assert "its content does not have the digest that the image gives" in _reasons(tree).values()


def _inflated(data: bytes) -> bytes:
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else b""


@pytest.mark.parametrize("part", ["manifest", "config"])
def test_a_document_with_another_digest_is_listed(image, part):
    """As for layers."""
    base = layer(("a.py", ONE))
    files = oci(base)
    digest = sha256(config([base])) if part == "config" else json.loads(files["index.json"])["manifests"][0]["digest"]
    name = f"blobs/{digest.replace(':', '/')}"

    tree = image(files | {name: files[name] + b" "})

    assert _contents(tree) == {"a.py": ONE}
    assert "its content does not have the digest that the image gives" in _reasons(tree).values()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip+encrypted"}, "it is encrypted"),
        ({"mediaType": "application/x-squashfs"}, "a layer of an unknown kind, application/x-squashfs"),
        ({"digest": "sha256:" + "0" * 64}, "it is missing"),
        (
            {
                "digest": "sha256:" + "0" * 64,
                "mediaType": "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            },
            "it is kept elsewhere",
        ),
        ({"digest": "md5:" + "0" * 32}, "its digest is none that can be verified"),
        ({"digest": "sha256:../../../../etc/passwd"}, "its digest is none that can be verified"),
        ({"size": 5}, "its size is not the one that the image gives"),
    ],
)
def test_a_layer_that_can_not_be_read_is_listed(image, changes, reason):
    """The others are read."""
    made = Layout()
    made.manifest([])
    layers = [made.blob(layer((f"{name}.py", ONE)), "application/vnd.oci.image.layer.v1.tar") for name in "ab"]
    document = {"config": made.blob(config([]), "application/vnd.oci.image.config.v1+json"), "layers": layers}
    layers[0] |= changes
    files = made.done(made.blob(json.dumps(document).encode(), MANIFEST))

    tree = image(files)

    assert "b.py" in _contents(tree)
    assert reason in _reasons(tree).values()


def test_blobs_of_a_folder_are_not_links(tmp_path):
    """A layout can't make the scanner read a file that lies elsewhere."""
    base = layer(("a.py", ONE))
    files = oci(base, compress="")
    (tmp_path / "secret").write_bytes(base)
    for name, data in files.items():
        path = tmp_path / "layout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if data == base:
            path.symlink_to(tmp_path / "secret")
        else:
            path.write_bytes(data)

    tree = read(str(tmp_path / "layout"))

    assert tree.files == ()
    assert list(_reasons(tree).values()) == ["a link or a name that leads elsewhere is not followed"]


def test_names_in_a_saved_list_stay_in_the_store(tmp_path):
    """A list may name any path as a layer."""
    base = layer(("a.py", ONE))
    (tmp_path / "secret.tar").write_bytes(base)
    (tmp_path / "layout").mkdir()
    (tmp_path / "layout" / "oci-layout").write_bytes(b"{}")
    (tmp_path / "layout" / "index.json").write_bytes(b"{}")
    listed = [{"Config": "index.json", "Layers": [str(tmp_path / "secret.tar"), "../secret.tar"]}]
    (tmp_path / "layout" / "manifest.json").write_text(json.dumps(listed))

    tree = read(str(tmp_path / "layout"))

    assert tree.files == ()
    assert _reasons(tree)["../secret.tar"] == "it is missing"


def test_layers_that_inflate_without_end_are_stopped(tmp_path):
    """Together, not each for itself, and without being held in memory."""
    bomb = layer(("ok.py", ONE), ("bomb.bin", bytes(50_000_000)))
    path = tmp_path / "image.tar"
    path.write_bytes(archive(oci(bomb, *[layer(("a.bin", bytes(9_000_000 + number))) for number in range(5)])))
    tracemalloc.start()

    tree = read(str(path))

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16_000_000
    assert _contents(tree) == {"ok.py": ONE}
    assert _reasons(tree)["."] == "it unpacks to more than 64 MB; the rest was not read"


def test_a_hundred_thousand_layers_are_left_off(image):
    """Engines refuse more than 127."""
    base = layer(("a.py", ONE))
    files = saved_old(base)
    listed = json.loads(files["manifest.json"])
    listed[0]["Layers"] *= 20_000

    tree = image(files | {"manifest.json": json.dumps(listed).encode()})

    assert _contents(tree) == {"a.py": ONE}
    assert _reasons(tree)["."] == "more than 1,000 layers; the rest was not read"


def test_a_manifest_that_is_too_large_is_not_read(image):
    """Its size is known before."""
    with pytest.raises(TargetError, match="5 MB, larger than the limit of 4 MB"):
        image({"oci-layout": b"{}", "index.json": b'{"manifests": []}' + b" " * 5_000_000})


def test_entries_that_can_not_be_read_are_listed_up_to_a_limit(image):
    """A list of a million names would be a flood of its own."""
    tree = image(saved_old(layer(("ok.py", ONE), *((f"../{number}", b"") for number in range(10_100)))))

    assert _contents(tree) == {"ok.py": ONE}
    assert len(tree.skipped) == 10_001
    assert _reasons(tree)["."] == "more than 10,000 entries that can't be read; the rest was not read"


def test_entries_files_and_source_are_bounded_over_all_layers(image):
    """What came before the limit is kept."""
    layers = [layer(*((f"{number}/{name}.py", ONE) for name in range(10))) for number in range(10)]

    for limits, reason in (
        (Limits(max_files=25), "more than 25 files; the rest was not read"),
        (Limits(max_total_bytes=300), "more than 0.0 MB of source; the rest was not read"),
        (Limits(max_image_entries=25), "it has more than 5 entries; the rest was not read"),
    ):
        tree = image(saved_old(*layers), limits)
        assert 0 < len(tree.files) < 100
        assert _reasons(tree)["."] == reason


def test_an_index_that_holds_itself_ends(image):
    """Only a wrong digest can make a circle, so it is listed too."""
    made = Layout()
    good = made.manifest([layer(("a.py", ONE))])
    circle = {"mediaType": OCI_INDEX, "digest": "sha256:" + "0" * 64, "size": 1}
    made.files["blobs/sha256/" + "0" * 64] = json.dumps({"manifests": [circle, good]}).encode()

    tree = image(made.done(circle))

    assert _contents(tree) == {"a.py": ONE}
    assert _reasons(tree) == {circle["digest"]: "its content does not have the digest that the image gives"}


def test_indexes_are_followed_eight_deep_and_a_thousand_wide(image):
    """Neither depth nor number costs without bound."""
    made = Layout()
    good = made.manifest([layer(("a.py", ONE))])
    deep = good
    for _ in range(12):
        deep = made.index([deep])
    wide = [{"digest": sha256(str(number).encode())} for number in range(1500)]

    assert "more than 8 indexes within one another" in _reasons(image(made.done(good, deep))).values()
    assert _reasons(image(made.done(good, *wide)))["index.json"] == "more than 1,000 manifests; the rest was not read"


def test_manifests_are_bounded_together(image):
    """A thousand names for one large index would each have it read again."""
    made = Layout()
    good = made.manifest([layer(("a.py", ONE))])
    large = made.blob(b'{"manifests": []}' + b" " * 3_900_000, OCI_INDEX)
    named = [large | {"annotations": {"org.opencontainers.image.ref.name": str(number)}} for number in range(100)]

    with pytest.raises(TargetError, match="more than 64 MB of manifests"):
        image(made.done(*named, good))


def test_duplicate_blobs_in_the_archive_are_listed(image, tmp_path):
    """An engine that takes the first would start something else."""
    files = saved_old(layer(("a.py", ONE)))
    name = next(iter(files))
    data = layer((name, layer(("a.py", TWO))), *files.items())
    (tmp_path / "image.tar").write_bytes(data)

    tree = read(str(tmp_path / "image.tar"))

    assert _contents(tree) == {"a.py": ONE}
    assert _reasons(tree) == {name: "there is more than one file of this name; the last was read"}


def test_layers_saved_as_links_to_one_another_are_found(image, tmp_path):
    """Older engines save a layer that occurs twice as a link; circles end."""
    base = layer(("a.py", ONE))
    files = saved_old(base)
    name, *rest = files
    other = "b" * 64
    entries = [
        symlink(name, f"../{other}/layer.tar"), hardlink(f"{other}/layer.tar", "real.tar"), ("real.tar", base),
        symlink("circle", "circle"),
    ]  # fmt: skip
    (tmp_path / "image.tar").write_bytes(layer(*entries, *((key, files[key]) for key in rest)))

    tree = read(str(tmp_path / "image.tar"))

    assert _contents(tree) == {"a.py": ONE}
    assert tree.skipped == ()


def test_a_torn_archive_keeps_the_layers_that_it_has(image, tmp_path):
    """If the list of layers comes first."""
    files = saved_old(layer(("a.py", ONE)), layer(("b.py", TWO)))
    data = archive(dict(reversed(files.items())))
    (tmp_path / "image.tar").write_bytes(data[: -len(layer(("a.py", ONE))) - 1024])

    tree = read(str(tmp_path / "image.tar"))

    assert "b.py" in _contents(tree)
    assert any("the archive is damaged" in reason for reason in _reasons(tree).values())


NAMES = st.sampled_from(["a", "b", "a.py", "b.py", "pkg"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
ENTRIES = st.one_of(
    st.tuples(st.just("file"), PATHS), st.tuples(st.just("folder"), PATHS), st.tuples(st.just("hide"), PATHS),
    st.tuples(st.just("opaque"), PATHS),
)  # fmt: skip


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(ENTRIES, max_size=6), min_size=1, max_size=4))
def test_layers_leave_what_unpacking_them_would(left, layers):
    """Against a model that applies the whiteouts of a layer to a copy of what is below, and then its files."""
    model: dict[str, bytes | None] = {}
    made = []
    for number, entries in enumerate(layers):
        model, tar = _unpacked(model, entries, f"x = {number}\n".encode())
        made.append(tar)

    assert left(*made) == {path: data for path, data in model.items() if data and path.endswith(".py")}


def _unpacked(below, entries, content):
    """The files after a layer, None for a folder, and the layer's entries."""
    after, tar = dict(below), []
    for kind, path in entries:
        parent, _, name = path.rpartition("/")
        prefix = f"{parent}/" if parent else ""
        if kind == "hide":
            after = {known: data for known, data in after.items() if not f"{known}/".startswith(f"{path}/")}
            tar.append((f"{prefix}.wh.{name}", b""))
        elif kind == "opaque":
            after = {known: data for known, data in after.items() if not known.startswith(f"{path}/")}
            tar.append((f"{path}/.wh..wh..opq", b""))
    for kind, path in entries:
        if kind in ("file", "folder"):
            parts = path.split("/")
            for end in range(1, len(parts)):
                _place(after, "/".join(parts[:end]), None)
                tar.append(folder("/".join(parts[:end])))
            _place(after, path, content if kind == "file" else None)
            tar.append((path, content) if kind == "file" else folder(path))
    return after, tar


def _place(files, path, content):
    """As unpacking does: a folder stays a folder, everything else is replaced."""
    if content is not None or files.get(path, b"") is not None:
        for known in [known for known in files if f"{known}/".startswith(f"{path}/")]:
            del files[known]
    files.setdefault(path, content)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_damage_raises_anything_else(tmp_path, data):
    """Whatever bytes of an image are changed, cut or doubled, there is a tree or a TargetError, and soon."""
    whole = data.draw(st.sampled_from(WHOLE))
    changed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 20))):
        at = data.draw(st.integers(0, len(changed) - 1))
        match data.draw(st.sampled_from(["set", "cut", "double", "digit"])):
            case "set":
                changed[at] = data.draw(st.integers(0, 255))
            case "digit":
                changed[at] = data.draw(st.sampled_from(b'0123456789[]{}",:'))
            case "cut":
                del changed[at : at + data.draw(st.integers(1, 600))]
            case _:
                changed[at:at] = changed[at : at + data.draw(st.integers(1, 600))]
        if not changed:
            break
    (tmp_path / "image.tar").write_bytes(changed)
    began = time.process_time()

    try:
        tree = read(str(tmp_path / "image.tar"))
    except TargetError:
        tree = None

    assert time.process_time() - began < 5
    assert tree is None or all(not file.path.startswith(("/", "..")) for file in tree.files)


_LAYERS = (
    layer(("a.py", ONE), ("pkg/b.py", ONE), symlink("lib", "pkg"), hardlink("c.py", "a.py")),
    layer((".wh.a.py", b""), ("lib/d.py", TWO), ("pkg/.wh..wh..opq", b""), ("e.ipynb", b"{}")),
)
WHOLE = [
    archive(saved_old(*_LAYERS)), archive(saved_new(*_LAYERS)), archive(oci(*_LAYERS)),
    archive(oci(*_LAYERS, compress="zstd")), gzip.compress(archive(saved_old(*_LAYERS))),
]  # fmt: skip
