"""Environments are read by their metadata alone, also where that is old, broken or hostile."""

import base64
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gnomon.core.errors import TargetError
from gnomon.io.installed import default_environment, is_environment, read_environment
from gnomon.io.limits import DEFAULT

CODE = b"import pickle\n"


def record(path, data):
    """A line of RECORD."""
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}\n"


@pytest.fixture
def site(tmp_path):
    """An empty virtual environment's folder of packages."""
    folder = tmp_path / "env" / "lib" / "python3.12" / "site-packages"
    folder.mkdir(parents=True)
    (tmp_path / "env" / "pyvenv.cfg").write_text("home = /usr/bin\n")
    return folder


def install(site, name="acme", version="1.0", files=None, listed=None):
    """Lays out a package as pip does."""
    info = site / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: other\n")
    written = files if files is not None else {f"{name}/__init__.py": CODE}
    for path, data in written.items():
        (site / path).parent.mkdir(parents=True, exist_ok=True)
        (site / path).write_bytes(data)
    (info / "RECORD").write_text(listed if listed is not None else "".join(record(*each) for each in written.items()))
    return info


def read(site):
    """The inventory of the environment around the folder."""
    return read_environment(site.parents[2], "env", DEFAULT)


def test_packages_have_names_versions_and_files(site):
    """Paths are the environment's own."""
    install(site, "Acme_Server", "1.0+local", {"acme/a.py": CODE, "acme/data.bin": b"\0"})

    inventory = read(site)

    [package] = inventory.packages
    assert (str(package.purl), package.naming) == ("pkg:pypi/acme-server@1.0%2Blocal", "installed")
    assert package.where == "lib/python3.12/site-packages/Acme_Server-1.0+local.dist-info"
    holding = inventory.holding(package)
    assert [file.path for file in holding.tree.files] == ["lib/python3.12/site-packages/acme/a.py"]
    assert holding.recorded == {"lib/python3.12/site-packages/acme/a.py": hashlib.sha256(CODE).hexdigest()}


@pytest.mark.parametrize("name", ["bin/python", "bin/python3", "lib/python3.12/site-packages", ""])
def test_an_interpreter_and_a_folder_of_packages_name_it_too(site, name):
    """An interpreter's link is not followed: it leads out of the environment."""
    install(site)
    root = site.parents[2]
    (root / "bin").mkdir()
    (root / "bin" / "python").symlink_to("/usr/bin/python3")
    (root / "bin" / "python3").symlink_to("python")

    assert is_environment(root / name)
    assert [package.name for package in read_environment(root / name, name, DEFAULT).packages] == ["acme"]


def test_what_is_no_environment_is_told(tmp_path):
    """A project's folder is none."""
    assert not is_environment(tmp_path)
    with pytest.raises(TargetError, match="is no environment"):
        read_environment(tmp_path, "x", DEFAULT)


def test_a_real_environment_is_read(tmp_path):
    """As Python itself makes it, with pip in it."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "v"], check=True, timeout=120)

    inventory = read_environment(tmp_path / "v", "v", DEFAULT)

    assert "pip" in [package.name for package in inventory.packages]
    assert inventory.skipped == ()


def test_old_kinds_of_metadata_count(site):
    """Folders and files of egg-info, and eggs; their files are found by their modules."""
    for name, text in {
        "a-1.egg-info/PKG-INFO": "Name: a\nVersion: 1\n",
        "a-1.egg-info/top_level.txt": "amod\n../../etc\n",
        "amod/x.py": "pass\n",
        "b-2.egg-info": "Name: b\nVersion: 2\n",
        "c-3.egg/EGG-INFO/PKG-INFO": "Name: c\nVersion: 3\n",
    }.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)

    inventory = read(site)

    assert [(each.name, each.version) for each in inventory.packages] == [("a", "1"), ("b", "2"), ("c", "3")]
    files = inventory.holding(inventory.packages[0]).tree.files
    assert [file.path for file in files] == ["lib/python3.12/site-packages/amod/x.py"]


def test_an_editable_package_is_read_where_it_lies(site, tmp_path):
    """Its metadata points there."""
    info = install(site, files={})
    project = tmp_path / "project with blank"
    (project / "acme").mkdir(parents=True)
    (project / "acme" / "a.py").write_bytes(CODE)
    url = project.as_uri()
    (info / "direct_url.json").write_text(json.dumps({"url": url, "dir_info": {"editable": True}}))

    inventory = read(site)

    assert [file.path for file in inventory.holding(inventory.packages[0]).tree.files] == ["acme/a.py"]


def test_broken_metadata_is_listed(site):
    """Each with the reason; what pip left behind is no package."""
    (site / "a-1.dist-info").mkdir()
    (site / "b-1.dist-info").mkdir()
    (site / "b-1.dist-info" / "METADATA").write_bytes(b"\xff\xfe\0garbage")
    (site / "c-1.dist-info").mkdir()
    (site / "c-1.dist-info" / "METADATA").write_text("Name: c\n")
    (site / "~ip-1.dist-info").mkdir()
    install(site)

    inventory = read(site)

    assert [(each.name, each.version) for each in inventory.packages] == [("acme", "1.0"), ("c", "")]
    assert [entry.reason for entry in inventory.skipped] == [
        "its metadata can't be read: it is gone",
        "its metadata names no package",
        "its metadata names no version",
    ]


def test_a_list_of_files_leads_nowhere_else(site, tmp_path):
    """Names that leave the folder, absolute ones, links and pipes are not read."""
    (tmp_path / "secret.py").write_text("SECRET = 1\n")
    (site / "link.py").symlink_to(tmp_path / "secret.py")
    os.mkfifo(site / "pipe.py")
    listed = "../../../../secret.py,,\n/etc/passwd.py,,\nlink.py,,\npipe.py,,\nacme.py,,\n" + "x" * 200_000 + ".py,,\n"
    install(site, files={"acme.py": CODE}, listed=listed)

    inventory = read(site)
    tree = inventory.holding(inventory.packages[0]).tree

    assert [file.data for file in tree.files] == [CODE]
    assert {entry.path.rpartition("/")[2][:8] for entry in tree.skipped} == {"link.py", "pipe.py", "x" * 8}


def test_names_with_escapes_stay_text(site):
    """They are shown by whoever renders them, made visible."""
    info = site / "\x1b[31mred-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: a\x1b[2Jb\nVersion: 1\x07\n")

    [package] = read(site).packages

    assert package.purl.name == "a\x1b[2jb"
    assert "\x1b" not in str(package.purl)


def test_the_systems_packages_count_where_they_are_used(site, tmp_path):
    """`include-system-site-packages`, as PEP 405 has it."""
    system = tmp_path / "system"
    (system / "bin").mkdir(parents=True)
    (system / "lib" / "python3" / "dist-packages").mkdir(parents=True)
    install(system / "lib" / "python3" / "dist-packages", "below", "2")
    install(site)
    (site.parents[2] / "pyvenv.cfg").write_text(f"home = {system}/bin\ninclude-system-site-packages = true\n")

    assert [package.name for package in read(site).packages] == ["acme", "below"]


def test_the_active_environment_is_meant(site, tmp_path):
    """Without one, that of our own interpreter; a variable that names nothing is passed over."""
    install(site)
    env = str(site.parents[2])

    assert default_environment({"VIRTUAL_ENV": env}, "/p")[0] == env
    assert default_environment({"VIRTUAL_ENV": str(tmp_path / "gone"), "CONDA_PREFIX": env}, "/p")[0] == env
    assert default_environment({}, "/p")[0] == "/p"


def test_reading_imports_nothing(site):
    """A package whose modules and .pth files would say so is silent."""
    marker = site.parents[2] / "ran"
    text = f"open({str(marker)!r}, 'w')\n".encode()
    install(site, files={"acme/__init__.py": text, "acme.pth": b"import acme\n", "setup.py": text})

    inventory = read(site)
    inventory.holding(inventory.packages[0])

    assert not marker.exists()
    assert "acme" not in sys.modules
    assert Path(site).exists()
