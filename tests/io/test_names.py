"""What names tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gnomon.io.names import deploys, inside, kind_of, link_end, named_deployment


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("a.py", "python"),
        ("a/B.PY", "python"),
        ("__init__.py.py", "python"),
        (".py", "python"),
        ("a.pyw", "python"),
        ("a.pyi", "other"),
        ("a.ipynb", "notebook"),
        ("bin/a", "script"),
        ("x/scripts/a", "script"),
        ("lib/a", "other"),
        ("a", "other"),
        ("a-1.0-py3-none-any.whl", "package"),
        ("a-1.0rc1.tar.gz", "package"),
        ("data.tar.gz", "other"),
        ("a.d/py", "other"),
    ],
)
def test_a_name_tells_the_kind(path, kind):
    """By suffix, and without one by the folder."""
    assert kind_of(path) == kind


@given(st.text("ab./\\\0", max_size=12))
def test_a_name_stays_inside_or_is_none(name):
    """A path that is kept has no empty, `.` or `..` part and no NUL."""
    path = inside(name)

    if path is not None:
        assert not {"", ".", ".."} & set(path.split("/"))
        assert "\0" not in path
        assert not name.startswith("/")


@pytest.mark.parametrize(
    ("path", "link", "end"),
    [
        ("a/b/c", "d", "a/b/d"),
        ("a/b/c", "../d", "a/d"),
        ("a/b/c", "../../../d", None),
        ("c", "..", None),
        ("a/c", "/d", None),
        ("a/c", "./x//y", "a/x/y"),
    ],
)
def test_a_link_ends_inside_or_nowhere(path, link, end):
    """Relative to the link's own folder."""
    assert link_end(path, link) == end


@pytest.mark.parametrize(
    ("path", "kind", "named"),
    [
        ("Dockerfile", "deployment", True),
        ("docker/Dockerfile.cpu", "deployment", True),
        ("Containerfile", "deployment", True),
        ("llama.Dockerfile", "deployment", True),
        ("Dockerfile.py", "python", None),
        ("Dockerfiles", "other", None),
        ("compose.yaml", "deployment", True),
        ("docker-compose.gpu.yml", "deployment", True),
        ("dev-compose.yml", "deployment", True),
        ("values.yaml", "deployment", True),
        ("values-prod.yml", "deployment", True),
        ("prod.values.yaml", "deployment", True),
        (".env", "deployment", True),
        (".env.local", "deployment", True),
        ("worker.env", "deployment", True),
        ("pod.yaml", "deployment", False),
        ("composer.yaml", "deployment", False),
        ("scripts/start.sh", "deployment", False),
        ("entrypoint", "deployment", True),
        ("docker-entrypoint.sh", "deployment", False),
    ],
)
def test_a_name_tells_what_deploys(path, kind, named):
    """Image files and files of variables by their names; of YAML some names are enough, others need a look inside."""
    assert kind_of(path) == kind
    assert named is None or named_deployment(path) is named


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"apiVersion: v1\nkind: Pod\n", True),
        (b"items:\n  - kind: Pod\n    apiVersion: v1\n", True),
        (b"kind: Pod\n", False),
        (b"text: |\n  the apiVersion: and kind: of a thing\n", False),
    ],
)
def test_other_yaml_deploys_if_it_is_a_manifest(text, expected):
    """`apiVersion` and `kind` as keys make any YAML a manifest."""
    assert deploys("a/pod.yaml", text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"#!/bin/sh\nexec python -m worker\n", True),
        (b"export WORKER_HOST=0.0.0.0\n", True),
        (b"worker --host 0.0.0.0\n", True),
        (b"#!/bin/sh\nmake test\n", False),
    ],
)
def test_scripts_deploy_if_they_start_or_export_something(text, expected):
    """Most scripts build or test: only those are kept that may start a program of Python or set its variables."""
    assert deploys("docker/start.sh", text) is expected
