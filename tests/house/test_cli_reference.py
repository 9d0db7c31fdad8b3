"""docs/cli.md is complete: every verb, option, exit code, rule and environment variable is in it."""

import ast
import re
import tomllib

import click
import msgspec
import pytest

from gnomon.cli import main
from gnomon.core.configuration import Configuration, SuppressEntry
from gnomon.guard import command as guard
from gnomon.knowledge.load import load


@pytest.fixture(scope="module")
def reference(root):
    """The command line's page."""
    return (root / "docs" / "cli.md").read_text(encoding="utf-8")


def test_every_verb_and_option_is_documented(reference):
    """Each verb and each of its option names occurs on the page."""
    context = click.Context(main.command)
    verbs = {name: main.command.get_command(context, name) for name in main.command.list_commands(context)}
    groups = {name: group for name, group in verbs.items() if isinstance(group, click.Group)}
    verbs |= {
        f"{name} {inner}".removesuffix(" of"): found
        for name, group in groups.items()
        for inner in (*group.list_commands(context), "of")
        if (found := group.get_command(context, inner))
    }
    options = {
        option
        for command in (main.command, *verbs.values())
        for parameter in command.get_params(click.Context(command))
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }

    missing = [f"gnomon {verb}" for verb in verbs if f"gnomon {verb}" not in reference]
    missing += [option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", reference)]

    assert missing == []


def test_every_verb_and_option_of_guard_is_documented(reference):
    """Guard has a command line of its own: each of its verbs and options occurs on the page."""
    parsers = guard.parsers()
    options = {option for parser in parsers.values() for action in parser._actions for option in action.option_strings}

    missing = [f"gnomon guard {verb}".strip() for verb in parsers if f"$ gnomon guard {verb}".strip() not in reference]
    missing += [option for option in options if not re.search(rf"(?<![\w-]){option}(?![\w-])", reference)]

    assert missing == []


def test_every_exit_code_is_documented(reference):
    """Each code in the table of `cli/main.py` has a row on the page, and the page has no other."""
    known = set(re.findall(r"(?:^|, )(\d+) +[a-z]", main.__doc__, re.MULTILINE))

    documented = set(re.findall(r"^\| (\d+) \|", reference, re.MULTILINE))

    assert documented == known


def test_every_configuration_key_is_documented(root):
    """The example of docs/configuration.md has every key of `[tool.gnomon]` and of its `suppress`, and is right."""
    page = (root / "docs" / "configuration.md").read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    table = tomllib.loads(example)["tool"]["gnomon"]

    assert set(table) == set(Configuration.__struct_encode_fields__)
    assert set(table["suppress"][0]) == set(SuppressEntry.__struct_encode_fields__)
    msgspec.convert(table, Configuration)


def test_every_rule_has_a_page_and_a_row(reference, root):
    """Each rule is listed on the page and has one of its own."""
    for rule in load().rules:
        assert f"[{rule.id}](rules/{rule.id}.md)" in reference
        assert (root / "docs" / "rules" / f"{rule.id}.md").exists()


def test_every_environment_variable_is_documented(reference, modules):
    """Each variable that the product reads by name has a row on the page."""
    read = {
        argument.value
        for module in modules
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call) and ast.unparse(call.func) in {"os.environ.get", "environment.get", "os.getenv"}
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant)
    }

    assert {name for name in read if f"| `{name}` |" not in reference} == set()
