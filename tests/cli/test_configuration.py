"""`gnomon scan` with `[tool.gnomon]`: what it changes, which file is believed, and that mistakes are told."""

import json
import os
import subprocess
import sys

import pytest

HEAD = "[tool.gnomon]\n"
SUPPRESS = '[[tool.gnomon.suppress]]\nrule = "pickle-over-network"\nreason = "the lab"\n'


@pytest.fixture
def scan(gnomon, project, tmp_path):
    """Scans `server` from the folder above it, which has the given configuration."""
    project("server")

    def run(text: str, *arguments: object, target: str = "server", name: str = "pyproject.toml"):
        (tmp_path / name).write_text(HEAD + text)
        return gnomon("scan", target, *arguments, cwd=tmp_path)

    return run


def _text(result) -> str:
    return " ".join(result.stdout.split())


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ('rules = ["pickle-from-file"]', ""),
        (
            'min-severity = "critical"',
            'import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\ns.bind("ipc:///tmp/s")\n',
        ),
        ('min-confidence = "high"', "import pickle, zmq\ns = zmq.Context().socket(zmq.PULL)\n"),
    ],
)
def test_thresholds_hold_until_the_command_line_says_otherwise(gnomon, project, tmp_path, text, server):
    """What is hidden is counted, with how to see it; an option wins."""
    folder = project("server")
    if server:
        (folder / "server.py").write_text(f"{server}obj = pickle.loads(s.recv())\n")
    (tmp_path / "pyproject.toml").write_text(HEAD + text)

    narrowed = gnomon("scan", "server", cwd=tmp_path)
    options = ("--min-severity", "note", "--min-confidence", "low", "--rule", "pickle-over-network")

    assert narrowed.returncode == 0, narrowed.stdout
    assert "1 finding hidden; to see them, add `--no-config`" in _text(narrowed)
    assert gnomon("scan", "server", *options, cwd=tmp_path).returncode == 1
    assert gnomon("scan", "server", "--no-config", cwd=tmp_path).returncode == 1


def test_all_rules_can_be_asked_always(scan, tmp_path):
    """`all = true` is `--all`; and `--all` wins over `rules`."""
    (tmp_path / "server" / "files.py").write_text("import pickle\nobj = pickle.load(open('cache.pkl', 'rb'))\n")

    for text, option in (("all = true", []), ('rules = ["pickle-from-file"]', ["--all"])):
        rules = json.loads(scan(text, "--format", "json", *option).stdout)["summary"]["rules"]
        assert rules == {"pickle-from-file": 1, "pickle-over-network": 1}


def test_what_is_excluded_is_counted_and_named(scan, tmp_path):
    """The pattern is relative to the project, the path to the target."""
    (tmp_path / "server" / "tests").mkdir()
    (tmp_path / "server" / "tests" / "test_a.py").write_text((tmp_path / "server" / "server.py").read_text())

    result = scan('exclude = ["server/tests"]', "--format", "json")

    report = json.loads(result.stdout)
    assert [finding["path"] for finding in report["findings"]] == ["server.py"]
    assert report["summary"]["excluded"] == ["tests/test_a.py"]
    assert report["remarks"] == [
        {"path": "pyproject.toml", "line": None, "note": "exclude = 'server/tests' left 1 file out"}
    ]


def test_excluding_everything_is_nothing_to_look_at(scan):
    """Exit code 3, never 0."""
    result = scan('exclude = ["*"]')

    assert result.returncode == 3
    assert "every file of server is excluded by pyproject.toml.\ntry: add --no-config" in result.stderr


def test_an_entry_suppresses_with_its_reason(scan):
    """The reason and the file are shown."""
    result = scan(SUPPRESS + 'path = "server/*.py"\n')

    assert result.returncode == 0
    assert "server.py:7 critical pickle-over-network: the lab (pyproject.toml)" in _text(result)


def test_entries_that_are_over_or_without_use_are_told(scan):
    """The finding is back with the first; nothing of the second's kind is in its file."""
    second = '[[tool.gnomon.suppress]]\nrule = "pickle-from-file"\nreason = "x"\npath = "server.py"\n'

    result = scan(SUPPRESS + f'path = "server/*.py"\nuntil = 2026-01-01\n{second}')

    assert result.returncode == 1
    assert "pyproject.toml: suppress of pickle-over-network in server/*.py expired on 2026-01-01" in _text(result)
    assert "pyproject.toml: suppress of pickle-from-file in server.py suppresses nothing any more" in _text(result)


def test_own_models_join_those_that_come_with_gnomon(scan, tmp_path):
    """A library that gnomon does not know becomes a source."""
    (tmp_path / "server" / "server.py").write_text(
        "import pickle\nimport acmebus\n\nbus = acmebus.Subscriber(url='tcp://192.0.2.1:9000')\n"
        "obj = pickle.loads(bus.next_message())\n"
    )
    (tmp_path / "security" / "models").mkdir(parents=True)
    model = tmp_path / "security" / "models" / "acmebus.toml"
    model.write_text(
        'library = "acmebus"\nmodules = ["acmebus"]\nlink = "https://acmebus.example"\n'
        '[[type]]\nname = "acmebus.Subscriber"\nchannel = "socket"\ntransport = "tcp"\nrole = "connect"\n'
        '[[endpoint]]\napi = ["acmebus.Subscriber"]\nrole = "connect"\nchannel = "return"\naddress = "0|url"\n'
        '[[source]]\napi = ["acmebus.Subscriber.next_message"]\nkind = "socket"\n'
    )

    assert scan("").returncode == 0
    assert scan('models = "security"').returncode == 1

    model.write_text(model.read_text().replace('kind = "socket"', 'kind = "sockt"'))
    broken = scan('models = "security"')
    assert broken.returncode == 2
    assert "security/models/acmebus.toml: Invalid enum value 'sockt' - at `$.source[0].kind`" in broken.stderr


def test_a_trusted_network_lowers_and_never_hides(gnomon, project, tmp_path):
    """The severity falls to medium with the reason among the evidence, and a threshold does not take the finding."""
    project("server", address="tcp://10.1.2.3:5557")
    (tmp_path / "pyproject.toml").write_text(HEAD + 'trusted-networks = ["10.0.0.0/8"]\nmin-severity = "high"\n')

    result = gnomon("scan", "server", "--format", "json", cwd=tmp_path)

    [finding] = json.loads(result.stdout)["findings"]
    assert (result.returncode, finding["severity"]) == (1, "medium")
    assert finding["endpoint"]["evidence"][-1]["note"] == (
        "trusted by pyproject.toml: inside of 10.0.0.0/8; lowered from critical"
    )


def test_a_second_address_of_the_same_socket_is_not_overlooked(gnomon, project, tmp_path):
    """A socket that also listens on every interface stays critical."""
    server = project("server", address="tcp://10.1.2.3:5557") / "server.py"
    server.write_text(server.read_text().replace("obj =", 'socket.bind("tcp://192.0.2.9:5558")\nobj ='))
    (tmp_path / "pyproject.toml").write_text(HEAD + 'trusted-networks = ["10.0.0.0/8"]\n')

    result = gnomon("scan", "server", "--format", "json", cwd=tmp_path)

    assert [finding["severity"] for finding in json.loads(result.stdout)["findings"]] == ["critical"]


def test_a_configuration_inside_of_the_target_needs_trust(scan):
    """It says so on standard error and in the report; --trust-config or naming the file honours it."""
    text = 'exclude = ["*"]\nmin-severity = "critical"'
    told = (
        "pyproject.toml: [tool.gnomon] (exclude, min-severity) is not honoured, since it is part of what is scanned; "
        "--trust-config honours it"
    )

    doubted = scan(text, target=".")

    assert doubted.returncode == 1
    assert doubted.stderr == f"gnomon: {told}\n"
    assert f"Remark: {told}" in _text(doubted)
    assert scan(text, "--no-config", target=".").stderr == ""
    for option in (["--trust-config"], ["--config", "pyproject.toml"]):
        assert scan(text, *option, target=".").returncode == 3


def test_one_target_that_holds_the_configuration_is_enough_to_doubt_it(scan, tmp_path, gnomon):
    """Naming a folder beside `.` does not make its configuration believed."""
    scan('exclude = ["*"]')

    result = gnomon("scan", "server", ".", cwd=tmp_path)

    assert result.returncode == 1
    assert "is not honoured" in result.stderr


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (
            "min-sevrity = 'high'",
            "pyproject.toml: there is no key `min-sevrity` in [tool.gnomon]. Did you mean `min-se",
        ),
        ("rules = ['pickle-over-netwrk']", "there is no rule `pickle-over-netwrk`, did you mean `pickle-over-network`"),
        ("models = 'nowhere'", "nowhere has no folder `rules` and no folder `models` in it - at `tool.gnomon.models`"),
        ("min-severity = ", "pyproject.toml is not TOML in UTF-8"),
    ],
)
def test_a_mistake_is_told_with_file_and_key(scan, text, problem):
    """Exit code 2, no report; the same mistake in an untrusted file stops nothing."""
    result = scan(text)

    assert (result.returncode, result.stdout) == (2, "")
    assert problem in result.stderr
    assert "--no-config" in result.stderr
    assert scan(text, target=".").returncode == 1


def test_another_file_can_be_named(scan):
    """--config reads it instead; it must have the table, and --no-config contradicts it."""
    name = "gnomon.toml"

    assert scan(SUPPRESS + 'path = "server.py"', "--config", name, name=name).returncode == 0
    contradiction = scan("", "--config", name, "--no-config", name=name)
    missing = scan("", "--config", "nowhere.toml")

    assert (contradiction.returncode, missing.returncode) == (2, 2)
    assert "contradict each other" in contradiction.stderr
    assert "nowhere.toml can't be read: it is gone" in missing.stderr


def test_a_current_folder_that_is_gone_stops_nothing(project, tmp_path):
    """A target with a full path is scanned all the same; what needs the folder says so."""
    environment = os.environ | {"GNOMON_CACHE_DIR": str(tmp_path / "cache")}
    folder = project("server")
    gone = "import os, subprocess, sys; os.mkdir('gone'); os.chdir('gone'); os.rmdir('../gone');"
    run = f"{gone} sys.exit(subprocess.call([sys.executable, '-m', 'gnomon', *sys.argv[1:]]))"

    for arguments, code in (["scan", folder], 1), ([], 3), (["scan", folder, "--config", "c.toml"], 2):
        result = subprocess.run(
            [sys.executable, "-c", run, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (result.returncode, "Traceback" in result.stderr) == (code, False), result.stderr
