"""The text of a report says what was found, what was not looked at, and what to type next."""

from msgspec.structs import replace

from gnomon.core.finding import Skipped
from gnomon.render import explanation, text
from gnomon.render.page import Style, cells
from tests.render.sample import CLEAN, CRITICAL, NOTE, REPORT, RULES


def test_every_step_is_a_place_with_its_code():
    """The numbered flow has each step's file:line and code line, in order."""
    lines = text.render(REPORT, Style()).splitlines()

    for number, step in enumerate(CRITICAL.flow, start=1):
        at = lines.index(f"{number:>4} │ {step.site.path}:{step.site.line}  {step.note}")
        assert lines[at + 1].endswith(step.site.code)


def test_a_note_takes_one_line():
    """An authenticated load is told in a line, not in a card."""
    lines = text.render(replace(REPORT, findings=(NOTE,)), Style()).splitlines()

    assert [line for line in lines if NOTE.message in line] == [lines[0]]
    assert lines[0].startswith("note engine/sealed.py:70:15  pickle-over-network: ")


def test_skipped_files_are_listed_up_to_twenty():
    """The first twenty come with reasons, the others as a number, and the verdict says incomplete."""
    skipped = tuple(Skipped(path=f"f{number:02}.py", reason="too large") for number in range(1021))

    page = text.render(replace(CLEAN, skipped=skipped), Style())

    assert "  - f19.py: too large\n  - and 1,001 more; `--format json` lists them all\n" in page
    assert "f20.py" not in page
    assert "src: nothing found, incomplete (1,021 skipped)\n" in page


def test_hidden_findings_are_counted():
    """The number comes with what to change in the command to see them."""
    page = text.render(replace(CLEAN, hidden=2), Style(), show_hidden="leave out `--min-severity`")

    assert "2 findings hidden; to see them, leave out `--min-severity`." in page


def test_the_target_is_the_heading_when_there_are_several():
    """Paths are relative to a target: with several, each report begins with its own."""
    assert text.render(CLEAN, Style(), heading=True).startswith("── src\n")


def test_terminal_lines_fit():
    """At 80 and 120 columns no line of the sample, wide characters included, is too long."""
    for width in (80, 120):
        page = text.render(REPORT, Style(width=width))
        assert [line for line in page.splitlines() if cells(line) > width and "http" not in line] == []


def test_a_rule_page_keeps_code_as_it_is():
    """Indented lines of a rule's text are not wrapped."""
    page = explanation.render(RULES[0], Style(width=40))

    assert "      request = msgspec.msgpack.decode(frame, type=Request)\n" in page


def test_the_list_of_rules_has_those_on_by_default_first():
    """A rule that is off says so."""
    lines = explanation.render_list(RULES[::-1], Style()).splitlines()

    assert lines[0] == "pickle-over-network  Bytes from the network are unpickled"
    assert lines[1] == "pickle-from-file     A file is unpickled (off by default)"
