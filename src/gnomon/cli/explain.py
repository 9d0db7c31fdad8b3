"""`gnomon explain`: a rule's page, or the list of rules, from the knowledge that comes with gnomon."""

import sys

import click
from msgspec import structs

from gnomon.cli import console
from gnomon.cli.rules import named
from gnomon.knowledge.load import load
from gnomon.render import explanation

_READABLE = 100  # columns: prose is wrapped in a pipe too


@click.command(name="explain")
@click.argument("rule", metavar="[RULE]", required=False)
@click.help_option("-h", "--help")
def command(rule: str | None) -> int:
    """Say what RULE reports, why it is dangerous, what to do, and what it can't see. Without RULE, list the rules."""
    rules = load().rules
    style = console.style_of(sys.stdout)
    if rule is None:
        console.print_text(explanation.render_list(rules, style))
    else:
        style = structs.replace(style, width=style.width or _READABLE)
        console.print_text(explanation.render(named(rule, rules), style))
    return 0
