"""The rules and models that come with gnomon."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from typing import get_args

import pytest

from gnomon.core.rule import SourceKind
from gnomon.knowledge.load import load
from tests.knowledge.conftest import DATA

FILES = sorted(path.relative_to(DATA).as_posix() for path in DATA.rglob("*") if path.is_file())
MODELS = [name for name in FILES if name.startswith("models/")]

# What a security engineer expects to be known, by the module that is imported.
EXPECTED = {
    "aiohttp", "aiokafka", "asyncio", "cloudpickle", "confluent_kafka", "cryptography", "dill", "fastapi", "flask",
    "fsspec", "grpc", "hmac", "http.server", "httpx", "joblib", "jsonpickle", "kafka", "lmdb", "marshal", "msgpack",
    "msgpack_numpy", "msgspec", "multiprocessing", "nacl", "nats", "numpy", "ormsgpack", "pandas", "pickle", "pika",
    "ray", "redis", "requests", "rpyc", "shelve", "socket", "socketserver", "sqlite3", "ssl", "starlette", "torch",
    "tornado", "urllib", "websockets", "yaml", "zmq",
}  # fmt: skip


def test_every_file_is_knowledge_of_a_kind():
    """The folders hold TOML files and nothing else, but for lessons, which are Markdown, and the demo's programs."""
    kinds = r"(rules|models|signatures|advisories)/[\w.-]+\.toml|lessons/[\w.-]+\.md|demo/(toy/)?\w+\.py\.txt"

    assert [name for name in FILES if not re.fullmatch(kinds, name)] == []


def test_everything_loads():
    """Each file becomes one rule or one model, named as the file is."""
    known = load()

    assert sorted(f"rules/{rule.id}.toml" for rule in known.rules) == [n for n in FILES if n.startswith("rules/")]
    assert sorted(f"models/{model.library}.toml" for model in known.models) == MODELS


def test_everything_loads_from_a_zip_file(tmp_path):
    """As a zipapp carries it: the data is read without being unpacked."""
    package = DATA.parents[1]
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        for path in (*package.glob("*.py"), *package.glob("core/*.py"), *package.glob("knowledge/**/*.*")):
            archive.write(path, path.relative_to(package.parent))
    code = "import gnomon.knowledge.load as k; print(k.__file__, k.load().version)"

    result = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "app.zip")},
    )

    assert result.stdout.split() == [f"{tmp_path}/app.zip/gnomon/knowledge/load.py", load().version]


@pytest.mark.parametrize("module", sorted(EXPECTED))
def test_the_libraries_of_inference_servers_are_modelled(module):
    """A model speaks of the module, or its names start with it."""
    spoken_of = {name for model in load().models for name in model.modules}
    spoken_of |= {api.split(".")[0] for model in load().models for source in model.source for api in source.api}

    assert module in spoken_of


def test_every_kind_of_source_is_read_by_some_model():
    """Each source kind that a rule can join is attached to an API or a handler."""
    models = load().models
    attached = {source.kind for model in models for source in model.source}
    attached |= {handler.kind for model in models for handler in model.handler}

    assert attached == set(get_args(SourceKind)) - {"unknown"}


def test_every_kind_of_source_is_in_one_rule():
    """The rules on pickles share the source kinds among them."""
    kinds = [kind for rule in load().rules if "code-execution" in rule.sinks for kind in rule.sources]

    assert sorted(kinds) == sorted(get_args(SourceKind))


@pytest.mark.parametrize("name", FILES)
def test_every_link_is_https(name):
    """Links in fields and in comments are https."""
    text = (DATA / name).read_text(encoding="utf-8")

    assert "http://" not in text


@pytest.mark.parametrize("name", MODELS)
def test_every_model_proves_what_it_says(name):
    """Each model links upstream."""
    assert tomllib.loads((DATA / name).read_text(encoding="utf-8"))["link"].startswith("https://")


@pytest.mark.parametrize("name", MODELS)
def test_models_fit_on_a_screen(name):
    """Lines are at most 120 characters; longer lists have an API a line."""
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()

    assert [number for number, line in enumerate(lines, 1) if len(line) > 120] == []


@pytest.mark.parametrize("rule", load().rules, ids=lambda rule: rule.id)
def test_a_rule_has_words_for_people(rule):
    """Title without a full stop, the rest in sentences, and a remedy short enough to stand under each finding."""
    assert not rule.title.endswith(".")
    texts = (rule.remedy, rule.what, rule.cause, rule.why, rule.fix, rule.detection, rule.blind_spots)
    assert all(text.strip().endswith(".") for text in texts)
    assert len(rule.remedy) <= 200


@pytest.mark.parametrize("rule", load().rules, ids=lambda rule: rule.id)
def test_an_id_names_what_is_wrong(rule):
    """Not the cure."""
    assert not rule.id.startswith(("no-", "avoid-", "use-", "prefer-"))


@pytest.mark.parametrize(
    "case", [case for rule in load().rules for case in rule.cases], ids=lambda case: case.advisory or case.title
)
def test_a_published_case_can_be_looked_up(case):
    """Each case names its advisory, and links to a page about it in a public database."""
    assert re.fullmatch(r"(CVE-\d{4}-\d+|GHSA(-\w{4}){3})?", case.advisory)
    assert re.match(r"https://(nvd\.nist\.gov/vuln/detail/CVE-|github\.com/advisories/GHSA-)", case.link)


def test_a_source_that_is_a_method_belongs_to_a_declared_type():
    """`zmq.Socket.recv` is only found if `zmq.Socket` is a type: a capital letter in the path tells."""
    known = load()
    declared = {kind.name for model in known.models for kind in model.type}
    methods = [
        (model.library, api)
        for model in known.models
        for entry in (*model.source, *model.endpoint, *model.propagator)
        for api in entry.api
        if re.search(r"\.[A-Z]\w*\.\w+$", api)
    ]

    assert [(library, api) for library, api in methods if api.rpartition(".")[0] not in declared] == []


def test_the_version_is_that_of_the_data(folder):
    """Twelve hexadecimal digits; another model, another version."""
    model = 'library = "acme"\nmodules = ["acme"]\nlink = "https://acme.example"'

    assert re.fullmatch(r"sha256:[0-9a-f]{12}", load().version)
    assert load().version == load().version != load([folder(**{"models/acme": model})]).version
