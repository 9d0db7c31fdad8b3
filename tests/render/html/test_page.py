"""The page is one whole: valid, linked within itself, closed to the outside, and within its size."""

import re
from base64 import b64encode
from collections import Counter
from hashlib import sha256
from html import unescape
from itertools import pairwise
from xml.etree import ElementTree as ET

import msgspec
import pytest
from msgspec.structs import replace

from gnomon.render.html.page import page
from gnomon.render.json import JsonReport, render
from tests.render.html.contents_sample import contents, hostile, many
from tests.render.sample import CLEAN, REPORT

PAGES = {
    "sample": contents(REPORT, CLEAN),
    "clean": contents(CLEAN),
    "hostile": contents(hostile()),
    "none": contents(),
}


@pytest.fixture(scope="module")
def large():
    """The page of 5,000 findings."""
    return page(contents(many(5_000)))


def root_of(document: bytes) -> ET.Element:
    """The document as a tree: its HTML is well-formed XML, but for style and script."""
    text = re.sub(r"(<style>|<script>).*?(?=</style>|</script>)", r"\1", document.decode(), flags=re.DOTALL)
    return ET.fromstring(text.removeprefix("<!DOCTYPE html>\n"))


@pytest.mark.parametrize("name", PAGES)
def test_every_id_is_there_once_and_every_link_leads_somewhere(name):
    """Within the page, or by https to who publishes an advisory or a real case."""
    root = root_of(page(PAGES[name]))

    ids = Counter(element.get("id") for element in root.iter() if element.get("id"))
    assert [each for each, count in ids.items() if count > 1] == []
    links = {element.get("href") for element in root.iter("a")}
    assert {link for link in links if link.startswith("#")} <= {f"#{each}" for each in ids}
    assert all(re.match(r"#|https://(www\.cve\.org|example\.org)/", link) for link in links)
    named = {each for element in root.iter() for each in element.get("aria-labelledby", "").split()}
    assert named <= ids.keys()


@pytest.mark.parametrize("name", PAGES)
def test_headings_are_in_order(name):
    """One of the first level, and none is more than one level below the one before."""
    levels = [
        int(element.tag[1]) for element in root_of(page(PAGES[name])).iter() if re.fullmatch("h[1-6]", element.tag)
    ]

    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_the_policy_lets_in_its_own_style_and_script_and_nothing_else():
    """Their hashes are those of what is on the page; no attribute carries a style or a handler."""
    document = page(PAGES["hostile"]).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', document)[1]

    for tag in ("style", "script"):
        [text] = re.findall(rf"<{tag}>(.*?)</{tag}>", document, re.DOTALL)
        assert f"{tag}-src 'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" in policy
        assert not re.search(r"url\(|@import|https?:", text)
    assert policy.startswith("default-src 'none'; ")
    names = {name for element in root_of(document.encode()).iter() for name in element.attrib}
    assert not {name for name in names if name.startswith("on") or name in ("style", "src", "action")}


def test_fifty_findings_are_small():
    """At most 300 KB."""
    assert len(page(contents(many(50)))) <= 300_000


def test_five_thousand_findings_are_two_megabytes_and_all_are_there(large):
    """The worst are cards, all others rows, and the page says how many are which."""
    assert len(large) <= 2_000_000
    assert len(set(re.findall(r' id="f-([0-9a-f]{32})"', large.decode()))) == 5_000
    cards = large.count(b'class="finding critical"')
    assert 80 <= cards <= 150
    assert f"The {cards} worst are told in full above".encode() in large
    assert f"{5_000 - cards:,} more findings".encode() in large


def test_long_text_does_not_make_the_page_large():
    """A target whose texts are long gets fewer cards, and each text is cut."""
    long = replace(REPORT.findings[0], message="word " * 50_000, remedy="word " * 50_000)
    findings = tuple(replace(long, fingerprint=f"{count:032x}") for count in range(2_000))

    document = page(contents(replace(REPORT, findings=findings)))

    assert len(document) <= 2_000_000
    assert len(set(re.findall(rb' id="f-([0-9a-f]{32})"', document))) == 2_000


def test_the_same_finding_in_two_targets_is_told_once():
    """It names both targets, and other lines there; what is elsewhere in one of them has a place of its own."""
    [first, *_] = REPORT.findings
    elsewhere = replace(first, site=replace(first.site, path="other/transport.py"))
    later = replace(first, site=replace(first.site, span=replace(first.site.span, line=99)))

    document = page(contents(REPORT, replace(REPORT, target="again", findings=(later, elsewhere)))).decode()

    found = re.findall(rf'<article id="(f-{first.fingerprint}[^"]*)"', document)
    assert found == [f"f-{first.fingerprint}", f"f-{first.fingerprint}-2"]
    assert "also in again, line 99" in document


def test_a_page_is_made_from_what_is_in_json():
    """Reading the JSON report again gives the same page; one of a gnomon before the page lacks only lines of code."""
    text = render([CLEAN, REPORT])
    read = msgspec.json.decode(text, type=tuple[JsonReport, ...])
    documents = _without(msgspec.json.decode(text), {"code", "api", "other_sources", "peer_chosen_by_request"})

    fresh = contents(CLEAN, REPORT)
    assert page(replace(fresh, scans=read)) == page(fresh)
    older = page(replace(fresh, scans=msgspec.convert(documents, tuple[JsonReport, ...])))
    assert b"<b>codec.py:12</b>" in older
    assert b"return pickle.loads(payload)" not in older


def _without(value, names):
    """The document as it was before it had fields of these names."""
    match value:
        case dict():
            return {name: _without(each, names) for name, each in value.items() if name not in names}
        case list():
            return [_without(each, names) for each in value]
    return value


def test_what_text_tells_is_on_the_page():
    """Steps with their code, evidence, what the fix lacks, advisories, suppressed and skipped things, remarks."""
    words = " ".join(unescape("".join(root_of(page(PAGES["sample"])).itertext())).split())

    for told in (
        "bytes arrive on the ZeroMQ socket",
        "frames = self.socket.recv_multipart()",
        "{port} is the argument --rpc-port, default 5557",
        "no CURVE key, token or signature is set on this socket, and ZeroMQ's default is none assumed",
        "1 further, milder way leads to the same call.",
        "CVE-2025-30165",
        "vllm-project/vllm@v0.5.4: same function, names of locals changed",
        "Incomplete fix, after-load:",
        "hmac, not effective",
        "hmac, effective",
        "accepted until 2027",
        "not Python 3.11: invalid syntax at line 3",
        "1 marker not honoured, at b.py:7",
        "3 findings below the chosen thresholds",
        "Unpickling runs whatever code the bytes name",
        "request = msgspec.msgpack.decode(frame, type=Request)",
        "knowledge 3fa9c1d20b77",
        REPORT.digest,
        "2 parts could not be looked at",
    ):
        assert told in words, told
