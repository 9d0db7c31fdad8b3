"""Lists, locks, bills of materials, releases and images, each as its tool writes it."""

import json

import pytest

from gnomon.core.errors import NothingToScan, TargetError
from gnomon.io.inventories import read_inventory

VLLM = ("pkg:pypi/vllm", "0.8.4", "locked")


def listed(inventory):
    """Purl without version, version or what is allowed, and how it is named."""
    return [(each.purl.package, each.version or each.allows, each.naming) for each in inventory.packages]


def written(tmp_path, name, text):
    """What `read_inventory` makes of a file."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return read_inventory(str(path))


def test_requirements(tmp_path):
    """Pins, ranges, extras, markers, hashes, continued lines, URLs and repositories."""
    (tmp_path / "more.txt").write_text("-r requirements.txt\nmsgpack-numpy==0.4.8\n")
    text = (
        "vllm[audio]==0.8.4 ; sys_platform == 'linux'  # why\n"
        "sglang>=0.4,<0.6\n"
        "lmdeploy \\\n  ==0.10.0 --hash=sha256:abc\n"
        "-r more.txt\n--index-url https://example.org\n"
        "bentoml @ https://example.org/bentoml-1.4.2-py3-none-any.whl\n"
        "git+https://github.com/ModelTC/lightllm@v1.1.0#egg=lightllm\n"
        "-e git+https://example.org/x.git#egg=acme\n"
        "numpy\n"
        "max===25.5.0\n"
    )

    inventory = written(tmp_path, "requirements.txt", text)

    assert listed(inventory) == [
        ("pkg:pypi/acme", "@ git+https://example.org/x.git", "required"),
        ("pkg:pypi/bentoml", "1.4.2", "locked"),
        ("pkg:pypi/lmdeploy", "0.10.0", "locked"),
        ("pkg:pypi/max", "25.5.0", "locked"),
        ("pkg:github/modeltc/lightllm", "v1.1.0", "required"),
        ("pkg:pypi/msgpack-numpy", "0.4.8", "locked"),
        ("pkg:pypi/numpy", "any version", "required"),
        ("pkg:pypi/sglang", "<0.6,>=0.4", "required"),
        VLLM,
    ]
    assert inventory.skipped == ()
    assert {each.where for each in inventory.packages} == {"requirements.txt", "more.txt"}


def test_requirements_lead_nowhere_else(tmp_path):
    """A list that includes what is not beside or below it says so; a circle ends."""
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.txt").write_text("vllm==0.8.4\n")
    text = (
        "-r ../secret.txt\n-r requirements.txt\n-r https://example.org/r.txt\n-r gone.txt\n./local\nno such thing ==\n"
    )

    inventory = written(tmp_path / "in", "requirements.txt", text)

    assert inventory.packages == ()
    assert [entry.path for entry in inventory.skipped] == [
        "requirements.txt", "requirements.txt", "requirements.txt:5", "requirements.txt:6", "gone.txt",
    ]  # fmt: skip


LOCKS = {
    "uv.lock": (
        'version = 1\n[[package]]\nname = "mine"\nversion = "1"\nsource = { editable = "." }\n'
        '[[package]]\nname = "vllm"\nversion = "0.8.4"\nsource = { registry = "https://pypi.org/simple" }\n'
    ),
    "poetry.lock": '[[package]]\nname = "vllm"\nversion = "0.8.4"\n[metadata]\nlock-version = "2.1"\n',
    "pdm.lock": '[[package]]\nname = "vllm"\nversion = "0.8.4"\n',
    "pylock.toml": 'lock-version = "1.0"\n[[packages]]\nname = "vllm"\nversion = "0.8.4"\n',
    "pylock.dev.toml": 'lock-version = "1.0"\n[[packages]]\nname = "vllm"\nversion = "0.8.4"\n',
    "Pipfile.lock": json.dumps({"default": {"vllm": {"version": "==0.8.4"}}, "develop": {}}),
    "requirements-dev.txt": "vllm==0.8.4\n",
    "environment.yml": "dependencies:\n  - pip:\n    - vllm==0.8.4\n",
    "conda-lock.yml": "version: 1\npackage:\n- name: vllm\n  version: 0.8.4\n  manager: pip\n",
    "list.txt": "# platform: linux-64\n@EXPLICIT\nhttps://conda.anaconda.org/conda-forge/linux-64/vllm-0.8.4-py312_0.conda#abc\n",
    "export.txt": "# platform: linux-64\nvllm=0.8.4=py312_0\n",
}


@pytest.mark.parametrize("name", LOCKS)
def test_locks_and_lists(tmp_path, name):
    """Each names one release."""
    inventory = written(tmp_path, name, LOCKS[name])

    assert (listed(inventory), inventory.skipped) == ([VLLM], ())


def test_a_project(tmp_path):
    """Requirements, those of extras and groups, and poetry's."""
    text = (
        '[project]\nname = "mine"\ndependencies = ["vllm==0.8.4", "numpy>=1"]\n'
        '[project.optional-dependencies]\ngpu = ["sglang==0.5.9"]\n'
        '[dependency-groups]\ndev = ["bentoml==1.4.2", {include-group = "x"}]\n'
        '[tool.poetry.dependencies]\npython = "^3.11"\nlmdeploy = "^0.9"\nmax = {version = "25.5.0"}\n'
    )

    assert listed(written(tmp_path, "pyproject.toml", text)) == [
        ("pkg:pypi/bentoml", "1.4.2", "locked"),
        ("pkg:pypi/lmdeploy", ">=0.9", "required"),
        ("pkg:pypi/max", "25.5.0", "locked"),
        ("pkg:pypi/numpy", ">=1", "required"),
        ("pkg:pypi/sglang", "0.5.9", "locked"),
        VLLM,
    ]


def test_conda_specifications(tmp_path):
    """Channels, builds and ranges; what names no exact version is a requirement."""
    text = "dependencies:\n- python=3.11\n- conda-forge::vllm==0.8.4\n- numpy=1.26=py311_0\n- sglang>=0.4\n- pip\n"

    inventory = written(tmp_path, "environment.yaml", text)

    assert listed(inventory) == [
        ("pkg:pypi/numpy", "1.26", "locked"),
        ("pkg:pypi/pip", "any version", "required"),
        ("pkg:pypi/python", "==3.11.*", "required"),
        ("pkg:pypi/sglang", ">=0.4", "required"),
        VLLM,
    ]
    assert "conda packages are looked up" in inventory.remarks[0].note


CYCLONEDX = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.6",
    "components": [
        {"type": "library", "name": "vllm", "purl": "pkg:pypi/vllm@0.8.4", "bom-ref": "a"},
        {
            "type": "application",
            "name": "outer",
            "components": [{"type": "library", "name": "x", "purl": "pkg:pypi/x@1"}],
        },
        {"type": "library", "name": "nameless"},
        {"type": "file", "name": "a.py"},
    ],
    "dependencies": [{"ref": "a", "dependsOn": ["b"]}, {"ref": "b", "dependsOn": ["a"]}],
}


def test_cyclonedx(tmp_path):
    """Components at any depth; circles among dependencies are not followed; what has no purl is told."""
    inventory = written(tmp_path, "bom.json", json.dumps(CYCLONEDX))

    assert inventory.kind == "CycloneDX 1.6"
    assert listed(inventory) == [("pkg:pypi/vllm", "0.8.4", "listed"), ("pkg:pypi/x", "1", "listed")]
    assert [entry.reason for entry in inventory.skipped] == [
        "without a package URL, so they can't be looked up: nameless"
    ]


@pytest.mark.parametrize(
    "document",
    [
        {
            "spdxVersion": "SPDX-2.3",
            "documentDescribes": ["SPDXRef-root"],
            "packages": [
                {"SPDXID": "SPDXRef-root", "name": "mine"},
                {"SPDXID": "SPDXRef-a", "name": "vllm", "externalRefs": [
                    {"referenceType": "cpe23Type", "referenceLocator": "cpe:x"},
                    {"referenceType": "purl", "referenceLocator": "pkg:pypi/vllm@0.8.4"},
                ]},
            ],
        },
        {
            "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
            "@graph": [
                {"type": "CreationInfo"},
                {"type": "software_Package", "name": "vllm", "software_packageUrl": "pkg:pypi/vllm@0.8.4"},
            ],
        },
    ],
    ids=["2.3", "3.0"],
)  # fmt: skip
def test_spdx(tmp_path, document):
    """The package that the document is about needs no purl."""
    inventory = written(tmp_path, "x.spdx.json", json.dumps(document))

    assert (listed(inventory), inventory.skipped) == ([("pkg:pypi/vllm", "0.8.4", "listed")], ())


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("uv.lock", "[[package]]\nname = 1\n", "an entry of it names no package"),
        ("uv.lock", "not toml", "it can't be read"),
        ("uv.lock", "x = " + "[" * 5_000, "it can't be read"),
        ("Pipfile.lock", "[" * 100_000, "it can't be read"),
        ("environment.yml", "a: &a [*a]\n", ""),
        ("environment.yml", "dependencies: " + "[" * 10_000, ""),
        ("pyproject.toml", '[project]\ndependencies = ["a b c"]\n', "names no package"),
    ],
)
def test_damaged_lists_are_told(tmp_path, name, text, told):
    """As something that was not looked at; nothing is raised, and nothing is clean."""
    inventory = written(tmp_path, name, text)

    assert inventory.packages == ()
    assert told in inventory.skipped[0].reason


@pytest.mark.parametrize(
    "text", ["{" * 100_000, '{"bomFormat": "CycloneDX", "components": ' + "[" * 100_000, '{"spdxVersion": 1}x']
)
def test_damaged_bills_are_errors(tmp_path, text):
    """Nothing in them can be believed."""
    with pytest.raises(TargetError):
        written(tmp_path, "bom.json", text)


def test_a_large_lock_is_bounded(tmp_path):
    """What is larger than any lock is not read."""
    path = tmp_path / "uv.lock"
    with path.open("wb") as file:
        file.truncate(100_000_000)

    assert "larger than the limit" in read_inventory(str(path)).skipped[0].reason


def test_a_projects_folder(tmp_path):
    """The lock counts, and what is left out is told."""
    (tmp_path / "uv.lock").write_text(LOCKS["uv.lock"])
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["numpy"]\n')
    (tmp_path / "venv").mkdir()
    (tmp_path / "venv" / "pyvenv.cfg").write_text("")

    inventory = read_inventory(str(tmp_path))

    assert listed(inventory) == [VLLM]
    assert [remark.path for remark in inventory.remarks] == ["pyproject.toml", "venv"]


def test_releases(tmp_path, zipped, tar):
    """Alone or in a folder, named by the metadata in them; their Python is at hand."""
    wheel = zipped({"acme/a.py": b"pass\n", "acme-1.0.dist-info/METADATA": b"Name: Acme\nVersion: 1.0\n"})
    (tmp_path / "acme-1.0-py3-none-any.whl").write_bytes(wheel)
    (tmp_path / "renamed-2.tar.gz").write_bytes(tar({"b-2/PKG-INFO": b"Name: b\nVersion: 2\n", "b-2/b.py": b"pass\n"}))
    (tmp_path / "bad-1.tar.gz").write_bytes(b"\x1f\x8bgarbage")

    inventory = read_inventory(str(tmp_path))

    assert listed(inventory) == [("pkg:pypi/acme", "1.0", "archive"), ("pkg:pypi/b", "2", "archive")]
    assert [entry.path for entry in inventory.skipped] == ["bad-1.tar.gz"]
    assert [file.path for file in inventory.holding(inventory.packages[0]).tree.files] == ["acme/a.py"]


def test_a_release_of_the_index_without_metadata_goes_by_its_own_name(index, tar):
    """It is kept under its hash, which tells no version, and would be skipped by that."""
    index.add("acme-1.0.tar.gz", tar({"acme-1.0/acme/a.py": b"pass\n"}))

    inventory = read_inventory("pypi:acme==1.0")

    assert inventory.target == "pypi:acme==1.0"
    assert inventory.skipped == ()
    assert [(*one, each.where) for one, each in zip(listed(inventory), inventory.packages, strict=True)] == [
        ("pkg:pypi/acme", "1.0", "archive", "acme-1.0.tar.gz")
    ]
    assert [file.path for file in inventory.holding(inventory.packages[0]).tree.files] == ["acme-1.0/acme/a.py"]


def test_nothing_to_look_at(tmp_path):
    """An empty folder, a file of another kind, a path that is not there."""
    with pytest.raises(NothingToScan):
        read_inventory(str(tmp_path))
    (tmp_path / "a.py").write_text("pass\n")
    for name in ("a.py", "gone", "gone:x", "\0"):
        with pytest.raises(TargetError):
            read_inventory(str(tmp_path / name))


@pytest.mark.parametrize(
    "line",
    [
        "a; " + "(" * 3000 + "python_version > '3'" + ")" * 3000,
        "a[" + "x," * 5000,
        "\x1b[2Ja==1",
        "a" * 100_000,
        "-e " + "(" * 9000,
    ],
)
def test_hostile_requirements_are_told(tmp_path, line):
    """Whatever is in a line, the line after it is read."""
    inventory = written(tmp_path, "requirements.txt", f"{line}\nvllm==0.8.4\n")

    assert listed(inventory)[-1] == VLLM
    assert len(inventory.skipped) + len(inventory.packages) == 2


def test_endless_lists_are_bounded(tmp_path, monkeypatch):
    """With what was left out told."""
    monkeypatch.setattr("gnomon.io.requirement_lists.MAX_PACKAGES", 100)

    inventory = written(tmp_path, "requirements.txt", "".join(f"a{n}==1\n" for n in range(1000)))

    assert len(inventory.packages) == 100
    assert "more than 100 packages" in inventory.skipped[0].reason


def test_a_bill_of_materials_in_xml_is_told_from_what_is_none(tmp_path):
    """The error says that JSON is read, and how to get it."""
    bill = tmp_path / "bom.xml"
    bill.write_text('<?xml version="1.0"?>\n<bom xmlns="http://cyclonedx.org/schema/bom/1.5"/>', encoding="utf-8")

    with pytest.raises(TargetError, match="bill of materials in XML") as caught:
        read_inventory(str(bill))

    assert "json" in caught.value.remedy
