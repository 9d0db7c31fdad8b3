"""`gnomon explain`: the page of a rule, an advisory or a kind of incomplete fix, or the list of rules; offline."""

import sys

import click
from msgspec import structs

from gnomon.cli import console
from gnomon.cli.explaining import explained
from gnomon.knowledge.load import load
from gnomon.render import explanation

_READABLE = 100  # columns: prose is wrapped in a pipe too


@click.command(name="explain")
@click.argument("name", metavar="[NAME]", required=False)
@click.help_option("-h", "--help")
def command(name: str | None) -> int:
    """Say what a rule reports, why it happens and is dangerous, what to do, and what it can't see.

    NAME is a rule, an advisory (CVE-2025-32444, GHSA-hj4w-hm2g-p6w5), or what an incomplete fix lacks, as a finding
    says it (deny-list, assert). Without NAME, list the rules.
    """
    rules = load().rules
    style = console.style_of(sys.stdout)
    if name is None:
        console.print_text(explanation.render_list(rules, style))
    else:
        style = structs.replace(style, width=style.width or _READABLE)
        console.print_text(explained(name, rules, style).text)
    return 0
