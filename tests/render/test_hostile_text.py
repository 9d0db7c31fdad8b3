"""No writer lets text from a scanned tree reach a terminal, a viewer or a build log unescaped."""

import json as stdlib_json
import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import HealthCheck, example, given, settings
from msgspec.structs import replace

from gnomon.core.finding import Report
from gnomon.render.formats import FORMATS, writer
from gnomon.render.html.vocabulary import ATTRIBUTES, ELEMENTS
from gnomon.render.page import Style
from tests.render.hostile import REPORTS, harmless
from tests.render.rendered import Rendered
from tests.render.sample import REPORT, outcome

# Every format there is, and the looks that text has beside the plain one.
WRITERS = {name: (name, Style()) for name in FORMATS} | {
    "text-80": ("text", Style(width=80)),
    "text-color": ("text", Style(width=40, color=True)),
    "text-ascii": ("text", Style(ascii=True)),
}
MEANS_MORE = {
    "json": "json",
    "sarif": "json",
    "gitlab": "json",
    "junit": "xml",
    "markdown": "gfm",
    "github": "commands",
    "html": "html",
}
OUR_COLORS = re.compile(r"\x1b\[[0-9;]*m")
COMMAND = re.compile(
    r"::(?P<kind>error|warning|notice) (?:file=(?P<file>[^,:]+),line=\d+,col=\d+,)?title=[^,:]+::(?P<message>.*)"
)
slowly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def test_what_every_format_means_is_looked_at():
    """A new format has to be added to the tests below, or to be plain text."""
    assert MEANS_MORE.keys() | {"text"} == FORMATS.keys()


@pytest.mark.parametrize("name", WRITERS)
@slowly
@given(report=REPORTS)
@example(report=REPORT)
def test_no_writer_passes_on_what_would_be_obeyed(name, report):
    """Every line is UTF-8, printable, and neither is nor contains a command for the build system that collects it."""
    for line in _written(name, report, report).split("\n"):
        plain = OUR_COLORS.sub("", line) if name == "text-color" else line
        assert plain.isprintable(), plain
        assert not plain.lstrip().startswith("::") or name == "github", plain
        assert "##[" not in plain, plain
        assert "##vso[" not in plain.lower(), plain


@pytest.mark.parametrize("name", [name for name, meaning in MEANS_MORE.items() if meaning == "json"])
@slowly
@given(report=REPORTS)
def test_json_decodes_strictly(name, report):
    """A strict parser accepts it, and no text in it has a lone surrogate."""
    assert all(value.encode() or not value for value in _strings(stdlib_json.loads(_written(name, report))))


@slowly
@given(report=REPORTS)
def test_no_sarif_message_has_a_link(report):
    """A viewer renders `[words](link)` in messages: none comes from scanned code."""
    log = stdlib_json.loads(_written("sarif", report))

    messages = [message["text"] for message in _messages(log["runs"][0]["results"])]
    assert not [message for message in messages if "](" in message]


@pytest.mark.parametrize("name", [name for name, meaning in MEANS_MORE.items() if meaning == "xml"])
@slowly
@given(report=REPORTS)
@example(report=REPORT)
def test_xml_has_the_structure_of_harmless_text(name, report):
    """It parses, and the elements and attributes are those that plain words in the same places give."""
    assert _shape(_written(name, report, REPORT)) == _shape(_written(name, harmless(report), REPORT))


@slowly
@given(report=REPORTS)
@example(report=REPORT)
def test_junit_text_is_printable_once_parsed(report):
    """What a viewer of test results shows acts on nothing, and is no reference to a file to be attached."""
    for element in ET.fromstring(_written("junit", report)).iter():
        for text in (element.text or "", *element.attrib.values()):
            assert all(line.isprintable() for line in text.split("\n")), text
        assert "system" not in element.tag or not element.text


@pytest.mark.parametrize("name", [name for name, meaning in MEANS_MORE.items() if meaning == "gfm"])
@slowly
@given(report=REPORTS)
@example(report=REPORT)
def test_markdown_has_the_elements_of_harmless_text(name, report):
    """Rendered as GitHub does: plain words in the same places give the same elements, but for how much is code."""
    assert (
        Rendered(_written(name, report, REPORT)).elements == Rendered(_written(name, harmless(report), REPORT)).elements
    )


@slowly
@given(report=REPORTS)
@example(report=REPORT)
@example(report=replace(REPORT, target="a|@everyone`|b"))
def test_markdown_names_nobody_outside_of_code(report):
    """What GitHub would link after rendering (people, numbers of issues, addresses) is in code alone."""
    rendered = Rendered(_written("markdown", report))

    assert not re.search(r"[@#]|://|www\.", "".join(rendered.prose))


@slowly
@given(report=REPORTS)
@example(report=REPORT)
def test_gitlab_text_is_harmless_once_parsed(report):
    """No control or bidirectional character is in any value, and Markdown fields have the elements of plain words."""
    nasty, plain = (stdlib_json.loads(_written("gitlab", each)) for each in (report, harmless(report)))

    assert all(line.isprintable() for value in _strings(nasty) for line in value.split("\n"))
    for one, other in zip(nasty["vulnerabilities"], plain["vulnerabilities"], strict=True):
        for field in ("description", "solution"):
            if not one[field].strip():
                continue  # blanks alone are no paragraph
            assert Rendered(one[field]).elements == Rendered(other[field]).elements


@slowly
@given(report=REPORTS)
@example(report=REPORT)
def test_github_obeys_as_many_commands_as_with_harmless_text(report):
    """Each line is one complete command or none at all, and the commands are of the same kinds."""
    assert _commands(_written("github", report)) == _commands(_written("github", harmless(report)))


@slowly
@given(report=REPORTS)
@example(report=REPORT)
def test_a_page_has_no_element_but_its_own(report):
    """Parsed as a browser does: one style, one script, what the closed lists have, and links to known places alone."""
    parsed = _Elements(_written("html", report, REPORT))

    assert (parsed.tags["script"], parsed.tags["style"], parsed.tags["meta"]) == (1, 1, 5)
    assert parsed.tags.keys() - ELEMENTS <= {"html", "head", "meta", "style", "body", "script"}
    assert {name for name, _ in parsed.attributes} <= ATTRIBUTES.keys() | {
        "charset",
        "http-equiv",
        "content",
        "viewbox",
        "preserveaspectratio",
    }
    links = {value for name, value in parsed.attributes if name == "href"}
    assert all(re.match(r"#[\w-]+$|https://(www\.cve\.org|github\.com|osv\.dev|example\.org)/", link) for link in links)


class _Elements(HTMLParser):
    """What a page has, as a browser would see it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str | None]] = set()
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Counts it."""
        self.tags[tag] += 1
        self.attributes.update(attrs)


def _written(name: str, *reports: Report) -> str:
    format_, style = WRITERS[name]
    return writer(format_)(outcome(*reports, style=style)).data.decode()


def _commands(document: str) -> list[tuple[str, bool]]:
    """The kind of each command, and whether it is about a file; what is no command must not look like one."""
    found = []
    for line in document.splitlines():
        if match := COMMAND.fullmatch(line):
            assert not re.search(r"%(?!25|0A|0D|3A|2C)", line), line
            found.append((match["kind"], match["file"] is not None))
        else:
            assert line.startswith("gnomon: "), line
    return found


def _shape(document: str) -> list[tuple[str, list[str]]]:
    return [(element.tag, list(element.attrib)) for element in ET.fromstring(document).iter()]


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case list():
            for item in value:
                yield from _strings(item)
        case dict():
            for key, item in value.items():
                yield key
                yield from _strings(item)


def _messages(value: Any) -> list[dict[str, str]]:
    match value:
        case list():
            return [message for item in value for message in _messages(item)]
        case dict():
            own = [value["message"]] if "message" in value else []
            return own + [message for item in value.values() for message in _messages(item)]
    return []
