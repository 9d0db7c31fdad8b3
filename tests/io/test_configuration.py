"""The table `[tool.gnomon]` is found where it may speak, and every mistake in it names file and key."""

import os

import pytest

from gnomon.core.configuration import Configuration, SuppressEntry
from gnomon.core.errors import ConfigurationError
from gnomon.core.severity import Severity
from gnomon.io import configuration

TABLE = "[tool.gnomon]\nall = true\n"


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a folder in a folder, which is the working one."""
    inner = tmp_path / "repository" / "src" / "inner"
    inner.mkdir(parents=True)
    (tmp_path / "repository" / ".git").mkdir()
    monkeypatch.chdir(inner)
    return tmp_path / "repository"


def test_the_nearest_file_with_a_table_counts(repository):
    """One without the table does not hide the one above."""
    (repository / "pyproject.toml").write_text(TABLE)
    (repository / "src" / "pyproject.toml").write_text("[project]\nname = 'gnomon'\n")

    assert configuration.find().name == "../../pyproject.toml"

    (repository / "src" / "pyproject.toml").write_text(TABLE)
    assert configuration.find().name == "../pyproject.toml"


def test_nothing_above_the_repository_is_asked(repository):
    """A file beside the repository belongs to something else."""
    (repository.parent / "pyproject.toml").write_text(TABLE)

    assert configuration.find() is None


def test_outside_of_a_repository_only_the_current_folder_is_asked(tmp_path, monkeypatch):
    """Whoever can write to a parent folder, such as /tmp, has no say."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "pyproject.toml").write_text(TABLE)
    monkeypatch.chdir(tmp_path / "inner")
    assert configuration.find() is None

    monkeypatch.chdir(tmp_path)
    assert configuration.find().name == "pyproject.toml"


@pytest.mark.skipif(not hasattr(os, "getuid") or os.getuid() != 0, reason="only root can give files away")
def test_a_file_of_somebody_else_in_a_parent_folder_has_no_say(repository):
    """It must be ours, or belong to whom the working folder belongs."""
    (repository / "pyproject.toml").write_text(TABLE)
    os.chown(repository / "pyproject.toml", 12345, 12345)

    assert configuration.find() is None

    os.chown(repository / "src" / "inner", 12345, 12345)
    assert configuration.find() is not None


def _values(tmp_path, text: str) -> Configuration:
    (tmp_path / "c.toml").write_text(text)
    return configuration.configuration(configuration.named(str(tmp_path / "c.toml")))


def test_every_key_is_read(tmp_path):
    """Dates may be TOML's own or text."""
    values = _values(
        tmp_path,
        """
        [tool.gnomon]
        min-severity = "high"
        min-confidence = "medium"
        all = true
        rules = ["a"]
        exclude = ["tests/**"]
        models = "security"
        trusted-networks = ["10.0.0.0/8", "fd00::/8", "192.0.2.7"]

        [[tool.gnomon.suppress]]
        rule = "a"
        path = "src/*.py"
        fingerprint = "0123456789abcdef0123456789abcdef"
        reason = "the lab"
        until = 2027-01-31

        [[tool.gnomon.suppress]]
        rule = "a"
        path = "b.py"
        reason = "the lab"
        until = "2027-01-31"
        """,
    )

    assert values.min_severity is Severity.HIGH
    assert (values.rules, values.exclude, values.models) == (("a",), ("tests/**",), "security")
    assert [entry.until.isoformat() for entry in values.suppress] == ["2027-01-31"] * 2
    assert values.suppress[1] == SuppressEntry(rule="a", path="b.py", reason="the lab", until=values.suppress[0].until)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("min-sevrity = 'high'", "there is no key `min-sevrity` in [tool.gnomon]. Did you mean `min-severity`?"),
        ("min_severity = 'high'", "there is no key `min_severity` in [tool.gnomon]. Did you mean `min-severity`?"),
        ("zzz = 1", "there is no key `zzz` in [tool.gnomon]. There are: min-severity, "),
        ("suppress = [{rulle = 'a'}]", "no key `rulle` in [[tool.gnomon.suppress]]. Did you mean `rule`?"),
        ("min-severity = 'hihg'", "'hihg', not one of critical, high, medium, low, note - at `tool.gnomon.min-sev"),
        ("min-confidence = 'sure'", "'sure', not one of high, medium, low - at `tool.gnomon.min-confidence`"),
        ("min-severity = 3", "Expected `str`, got `int` - at `tool.gnomon.min-severity`"),
        ("all = 'yes'", "Expected `bool`, got `str` - at `tool.gnomon.all`"),
        ("rules = 'a'", "Expected `array`, got `str` - at `tool.gnomon.rules`"),
        ("exclude = ['a', 1]", "Expected `str`, got `int` - at `tool.gnomon.exclude[1]`"),
        ("exclude = ['']", "an empty pattern - at `tool.gnomon.exclude[0]`"),
        ("exclude = ['/']", "an empty pattern - at `tool.gnomon.exclude[0]`"),
        ("trusted-networks = ['lan']", "'lan' does not appear to be an IPv4 or IPv6 network - at `tool.gnomon.trust"),
        ("trusted-networks = ['10.0.0.1/8']", "10.0.0.1/8 has host bits set - at `tool.gnomon.trusted-networks`"),
        ("suppress = [{rule = 'a', path = 'b'}]", "missing required field `reason` - at `tool.gnomon.suppress[0]`"),
        ("suppress = [{rule = 'a', path = 'b', reason = ' '}]", "a reason must be given - at `tool.gnomon.suppress[0]"),
        ("suppress = [{rule = 'a', path = '', reason = 'x'}]", "an empty pattern - at `tool.gnomon.suppress[0].path`"),
        ("suppress = [{rule = 'a', path = 'b', reason = 'x', fingerprint = '12'}]", "no fingerprint of 32 hexadecimal"),
        ("suppress = [{rule = 'a', path = 'b', reason = 'x', until = '2027-02-30'}]", "at `tool.gnomon.suppress[0].un"),
        ("suppress = {rule = 'a'}", "Expected `array`, got `object` - at `tool.gnomon.suppress`"),
    ],
)
def test_a_mistake_names_file_and_key(tmp_path, text, problem):
    """And the nearest right key, or what is allowed."""
    with pytest.raises(ConfigurationError) as raised:
        _values(tmp_path, f"[tool.gnomon]\n{text}\n")

    assert raised.value.problem.startswith(f"{tmp_path / 'c.toml'}: ")
    assert problem in raised.value.problem
    assert "--no-config" in raised.value.remedy


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("rules = ['a', 'neet']", "rules[1]"),
        ("suppress = [{rule = 'neet', path = 'b', reason = 'x'}]", "suppress[0].rule"),
    ],
)
def test_a_rule_that_there_is_not_names_its_key(tmp_path, text, key):
    """With the one that was meant."""
    (tmp_path / "c.toml").write_text(f"[tool.gnomon]\n{text}\n")
    located = configuration.named(str(tmp_path / "c.toml"))

    with pytest.raises(ConfigurationError, match="no rule `neet`, did you mean `net`") as raised:
        configuration.check_rules(located, configuration.configuration(located), ["a", "net"])
    assert f"`tool.gnomon.{key}`" in raised.value.problem


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (None, "can't be read: it is gone"),
        (b"", "has no table [tool.gnomon]"),
        (b"[tool]\ngnomon = 3\n", "has a tool.gnomon that is no table"),
        (b"tool = 3 # gnomon\n", "has no table [tool.gnomon]"),
        (b"[tool.gnomon\n", "is not TOML in UTF-8"),
        (b"# \xff gnomon\n", "is not TOML in UTF-8"),
        (b"gnomon = " + b"[" * 100_000, "is nested too deeply"),
        (b"#" * 1_000_001, "1 MB, larger than the limit of 1 MB a file"),
    ],
)
def test_a_file_without_a_table_is_refused_if_it_was_named(tmp_path, content, problem):
    """Whatever is in it, the answer is one sentence."""
    file = tmp_path / "c.toml"
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(ConfigurationError) as raised:
        configuration.configuration(configuration.named(str(file)))

    assert problem in raised.value.problem
    assert str(file) in raised.value.problem


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_in_the_file_s_place_does_not_hang(tmp_path, monkeypatch):
    """It has a problem instead of a table."""
    os.mkfifo(tmp_path / "pyproject.toml")
    monkeypatch.chdir(tmp_path)

    assert configuration.find().problem == "can't be read: a named pipe, not a file"


def test_the_models_folder_lies_beside_the_file(tmp_path):
    """One that has neither rules nor models is a mistake."""
    (tmp_path / "c.toml").write_text("[tool.gnomon]\nmodels = 'security'\n")
    (tmp_path / "security").mkdir()
    located = configuration.named(str(tmp_path / "c.toml"))
    values = configuration.configuration(located)
    with pytest.raises(
        ConfigurationError, match=r"no folder `rules` and no folder `models` in it - at `tool.gnomon.mo"
    ):
        configuration.models_folder(located, values)

    (tmp_path / "security" / "models").mkdir()
    assert configuration.models_folder(located, values) == tmp_path / "security"
