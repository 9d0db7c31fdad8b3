"""A report for maintainers: what, how far, the patch and the test; and whatever a target's names are, only that."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from gnomon.core.endpoint import Endpoint
from gnomon.core.patch import Offer
from gnomon.render.fences import fenced, is_faithful
from gnomon.render.fix_report import Disclosure, Remedied, write
from tests.render.hostile import NASTY, REPORTS, TEXTS, harmless
from tests.render.rendered import Rendered
from tests.render.sample import CRITICAL, HIGH, NOTE, REPORT, RULES

DIFF = """\
--- a/engine/rpc/codec.py
+++ b/engine/rpc/codec.py
@@ -12 +12 @@
-\treturn pickle.loads(payload)
+\treturn loads(payload)
"""
TEST = '"""A test."""\n\n\ndef test_it():\n    assert True\n'
OFFER = Offer(
    findings=(CRITICAL,),
    style="hmac",
    recipe="payloads",
    standing="suggested",
    title="`Codec.decode` verifies a signature before it unpickles",
    why=("the sender of engine/rpc/codec.py:12 was not found",),
    afterwards=("Make a key, and give it to both ends.",),
)
REMEDIED = Remedied(offer=OFFER, diff=DIFF, tests=(("tests/test_signed_pickle.py", TEST),), scanned_again=True)
IMPOSSIBLE = Remedied(
    offer=Offer(
        findings=(HIGH,), style="wire", recipe="sockets", standing="impossible", title="No change was found",
        why=("engine/worker.py:7 gets its socket from somewhere else",),
    )
)  # fmt: skip
OFFERS = st.builds(
    Offer,
    findings=REPORTS.map(lambda report: report.findings),
    style=st.just("wire"),
    recipe=st.just("sockets"),
    standing=st.sampled_from(["automatic", "suggested", "impossible"]),
    title=TEXTS,
    why=st.lists(TEXTS, max_size=2).map(tuple),
    afterwards=st.lists(TEXTS, max_size=2).map(tuple),
)
DISCLOSURES = st.builds(
    Disclosure,
    report=REPORTS,
    remedied=st.lists(
        st.builds(Remedied, offer=OFFERS, tests=st.lists(st.tuples(TEXTS, TEXTS), max_size=1).map(tuple)), max_size=2
    ).map(tuple),
)
slowly = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])


def _written(*parts, report=REPORT):
    return write(Disclosure(report=report, remedied=parts or (REMEDIED,), rules=RULES)).data.decode()


def test_a_section_says_what_who_and_what_to_do():
    """Flow, precondition with evidence, impact, origin, patch, test, what was verified, and how to see it."""
    text = _written()

    assert "| 1 | critical | `engine/rpc/codec.py:12` | for a person to decide |" in text
    assert (
        "**What:** Bytes from the network are unpickled (`CWE-502`): `pickle.loads` at `engine/rpc/codec.py:12`" in text
    )
    assert "2. `engine/rpc/server.py:39` the third frame is taken" in text
    assert "**Who can send:** Every host that has a route to the address. Bind `tcp://*:{port}`, reach any-host" in text
    assert "- reach: `engine/rpc/server.py:21` `*` listens on every interface (observed)" in text
    assert "**Impact:** Whoever can send there can run code of their choice" in text
    assert "**Advisories for this code, or for what it is a copy of:** `CVE-2024-50050`, `CVE-2025-30165`" in text
    assert "**A copy of** `vllm-project/vllm@v0.5.4`" in text
    assert f"```diff\n{DIFF}```\n" in text
    assert "**Regression test** `tests/test_signed_pickle.py`" in text
    assert f"```python\n{TEST}```\n" in text
    assert "the changed tree was scanned again" in text
    assert "gnomon scan --rule pickle-over-network inference-server-1.2.tar.gz\n" in text


def test_what_is_not_known_is_said():
    """No commit, no address, no origin, no scan after the change."""
    text = _written(replace(REMEDIED, scanned_again=False), IMPOSSIBLE, report=replace(REPORT, digest=""))

    assert "its commit is not known here" in text
    assert "nothing yet: the change was not scanned again" in text
    assert "**Who can send:** Not known: no address was found in the code." in text
    assert "There is a check (hmac), but it does not hold" in text
    assert "**Patch:** none was made. No change was found" in text
    assert "- `engine/worker.py:7` gets its socket from somewhere else" in text


@pytest.mark.parametrize(
    ("endpoint", "words"),
    [
        (Endpoint(role="connect", reach="configurable"), "Whoever answers at the address that the code connects to"),
        (Endpoint(role="connect", peer_chosen_by_request=True), "Whoever may send the request that names the address"),
        (Endpoint(role="bind", reach="this-host"), "Everybody on the same host"),
        (NOTE.endpoint, "Only who has the key or certificate"),
    ],
)
def test_who_can_send_is_told_in_words(endpoint, words):
    """By role, reach and authentication."""
    finding = replace(CRITICAL, endpoint=endpoint)

    assert f"**Who can send:** {words}" in _written(replace(REMEDIED, offer=replace(OFFER, findings=(finding,))))


def test_one_patch_for_several_findings_is_one_section():
    """The patch is shown once, below all that it removes."""
    text = _written(replace(REMEDIED, offer=replace(OFFER, findings=(CRITICAL, HIGH))))

    assert text.count("```diff") == 1
    assert "| 1 | critical |" in text
    assert "| 1 | high |" in text
    assert text.index("### `engine/rpc/codec.py:12`") < text.index("### `engine/worker.py:7`") < text.index("```diff")


def test_another_way_for_the_same_finding_is_told_below_the_first():
    """What was told of the finding is not told again; and it is counted once."""
    other = replace(OFFER, recipe="endpoint", title="Bind to `127.0.0.1` in place of `*`", afterwards=())

    text = _written(REMEDIED, Remedied(offer=other, diff=DIFF, scanned_again=True))

    assert text.count("**Impact:**") == 1
    assert "1 place was found" in text
    assert text.index("### Another way") < text.index("**Patch:** Bind to `127.0.0.1`")
    assert "what is reported here is still there, and harder to reach" in text


def test_it_says_how_to_hand_it_over():
    """At the top that it is not public yet, at the end what to look for."""
    text = _written()

    assert text.index("**For the maintainers alone") < text.index("## 1.")
    assert "Look for `SECURITY.md`" in text
    assert "Open no public issue" in text


@slowly
@given(DISCLOSURES)
def test_it_has_the_elements_of_harmless_text(disclosure):
    """Rendered as GitHub does: plain words in the same places give the same elements, but for how much is code."""
    assert (
        Rendered(write(disclosure).data.decode()).elements
        == Rendered(write(harmless(disclosure)).data.decode()).elements
    )


@slowly
@given(DISCLOSURES)
def test_it_names_nobody_outside_of_code(disclosure):
    """What GitHub would link after rendering is in code alone, and every line is printable but for tabs."""
    text = write(disclosure).data.decode()

    assert not re.search(r"[@#]|://|www\.", "".join(Rendered(text).prose))
    assert all(line.replace("\t", " ").isprintable() for line in text.split("\n"))


@pytest.mark.parametrize("nasty", [*NASTY, "````````", "~~~", "\n   ```\n# out", "```diff\n```\n<b>out</b>"])
def test_nothing_ends_a_block(nasty):
    """All of a text is within the one block that it is put into."""
    rendered = Rendered("\n".join(["before", "", *fenced(f"a{nasty}b\n{nasty}", "diff"), "", "after"]))

    assert len(rendered.blocks) == 1
    assert rendered.elements == Rendered("before\n\n```diff\nx\n```\n\nafter").elements
    assert "".join(rendered.prose).split() == ["before", "after"]


def test_a_patch_that_can_not_be_shown_as_it_is_says_so():
    """Invisible characters are written as escapes: what is copied from there would not apply."""
    changed = replace(REMEDIED, diff=DIFF.replace("payload", "pay\u202eload"))

    assert is_faithful(DIFF)
    assert "this does not apply as it stands" in _written(changed)
    assert "this does not apply as it stands" not in _written()
