"""The one fixed outcome of a trace that its writers are tested on; run it to look at their output with your own eyes.

python tests/render/trace_sample.py [FORMAT] [WIDTH]: text is wrapped at WIDTH and painted if there is one
"""

import sys
from datetime import UTC, datetime

from gnomon.core.finding import Skipped
from gnomon.core.lineage import Attribution, Clue, Copy, Edge, Lineage, Moment, Node, State, Traced
from gnomon.core.severity import Confidence
from gnomon.render.page import Style
from gnomon.render.trace_formats import writer
from gnomon.render.trace_outcome import TraceOutcome

_REASONS: dict[State, str] = {
    "unfixed": "`pickle.loads` is still called on what the socket received",
    "mitigated": "it no longer listens on every interface; `pickle.loads` is still called",
    "gated": "the load needs VLLM_ALLOW_INSECURE_SERIALIZATION",
    "moved": "`recv_pyobj` is now called in `recv_from`, one function deeper",
    "fixed": "messages are decoded by msgspec",
    "removed": "the function is gone",
    "fixed-at-copy": "copied with an unpickler that has an allow-list",
    "reintroduced": "`pickle.loads` is back, after 0.9.2 had none",
    "unknown": "like neither the flawed nor the fixed code",
}
BEGAN = datetime(2026, 11, 26, 8, 30, tzinfo=UTC)
_PATH = "{}/distributed/device_communicators/shm_broadcast.py"


def node(id_: str, project: str, qualname: str, *moments: tuple[str, str, State], seen: str = "") -> Node:
    """A node with these moments (label, day, state), first seen on the day of the first, or on `seen`."""
    path = _PATH.format(project.rpartition("/")[2].lower())
    return Node(
        id=id_,
        project=project,
        qualname=qualname,
        path=path,
        moments=tuple(
            Moment(label=label, date=day, state=state, reason=_REASONS[state], path=path, line=236)
            for label, day, state in moments
        ),
        first_seen=seen or (moments[0][1] if moments else ""),
        first_seen_basis="git history" if seen or (moments and moments[0][1]) else "",
    )


def edge(source: str, target: str, similarity: float, confidence: Confidence, *clues: Clue) -> Edge:
    """An edge of that likeness."""
    shared = round(similarity * 19)
    return Edge(
        source=source, target=target, similarity=similarity, shared=shared, of=19, confidence=confidence, clues=clues
    )


_SAYS_SO = Clue(kind="attribution", note="line 1: `# Adapted from https://github.com/vllm-project/vllm`")
_LATER = Clue(kind="dates", note="first seen 125 days later")
LINEAGE = Lineage(
    nodes=(
        node(
            "aiter.mq",
            "ROCm/aiter",
            "MessageQueue",
            ("0.1.0", "2025-11-06", "unfixed"),
            ("0.1.7", "2025-12-04", "mitigated"),
            ("0.1.9", "2026-08-22", "mitigated"),
            seen="2024-11-11",
        ),
        node(
            "vllm.mq",
            "vllm-project/vllm",
            "MessageQueue",
            ("0.5.2", "2024-07-09", "unfixed"),
            ("0.6.4", "2024-11-15", "unfixed"),
            ("0.7.3", "2025-02-20", "unfixed"),
            ("0.8.5", "2025-04-28", "mitigated"),
            ("0.33.0", "2026-08-17", "mitigated"),
        ),
        node("sglang.mq", "sgl-project/sglang", "MessageQueue", ("0.4.1", "2024-12-01", "unfixed")),
        node(
            "fluent.mq",
            "meituan-longcat/SGLang-FluentLLM",
            "MessageQueue",
            ("d5b95cb", "2024-12-01", "unfixed"),
            ("a9db4a8", "2026-02-24", "unfixed"),
        ),
        node("cornserve.mq", "cornserve-ai/cornserve", "MessageQueue", ("13a4763", "", "mitigated")),
        node(
            "vllm.mqeng",
            "vllm-project/vllm",
            "MQLLMEngine",
            ("0.6.2", "2024-09-18", "unfixed"),
            ("0.11.0", "2025-09-16", "removed"),
        ),
        node(
            "aphrodite.mqeng",
            "aphrodite-engine/aphrodite-engine",
            "MQAphroditeEngine",
            ("0.6.6", "2024-12-31", "unfixed"),
            ("0.9.2", "2025-11-03", "fixed"),
            ("0.10.0", "2025-11-05", "reintroduced"),
        ),
        node("light.router", "ModelTC/lightllm", "RouterManager._recv_new_reqs_and_schedule", seen="2023-07-22"),
        node(
            "sglang.router",
            "sgl-project/sglang",
            "RouterManager.loop_for_recv_requests",
            ("0.1.3", "2024-01-08", "unfixed"),
            ("0.5.2", "2025-09-12", "moved"),
        ),
        node(
            "sglang.mps",
            "sgl-project/sglang",
            "MultiprocessingSerializer",
            ("0.4.1", "2025-01-02", "unfixed"),
            ("0.5.4", "2025-10-24", "fixed"),
        ),
        node("roll.mps", "alibaba/ROLL", "MultiprocessingSerializer", ("aa11bb2", "2025-07-31", "unfixed")),
        node("light.mps", "ModelTC/lightllm", "MultiprocessingSerializer", ("1.2.0", "2026-07-23", "fixed-at-copy")),
        node("vllm.dec", "vllm-project/vllm", "MsgpackDecoder", ("0.8.4", "2025-04-10", "gated")),
        node("modular.zmq", "modular/modular", "ZmqPullSocket._pull_from_socket", ("", "2025-05-24", "unknown")),
        node("nasty", "evil\x1b[2J/\u202egpj", "f\u2066</text>&amp;", ("]]>", "\n::error::x", "unfixed")),
    ),
    edges=(
        edge("vllm.mq", "aiter.mq", 0.994, Confidence.HIGH, _SAYS_SO, _LATER),
        edge("vllm.mq", "sglang.mq", 0.971, Confidence.HIGH, _SAYS_SO),
        edge("sglang.mq", "fluent.mq", 1.0, Confidence.HIGH, Clue(kind="similarity", note="the same, token by token")),
        edge("vllm.mq", "fluent.mq", 0.971, Confidence.LOW),
        edge(
            "vllm.mq", "cornserve.mq", 0.898, Confidence.MEDIUM, Clue(kind="rare-code", note="`spin_timer` and 3 more")
        ),
        edge("vllm.mqeng", "aphrodite.mqeng", 0.969, Confidence.HIGH, _SAYS_SO),
        edge("light.router", "sglang.router", 0.864, Confidence.MEDIUM),
        edge("sglang.mps", "roll.mps", 1.0, Confidence.HIGH),
        edge("sglang.mps", "light.mps", 1.0, Confidence.HIGH),
        edge("vllm.mq", "nasty", 0.36, Confidence.LOW, Clue(kind="attribution", note="\x1b]0;pwn\x07 ##[error] &#0;")),
    ),
)


def copy_(state: State, line: int, *, is_origin: bool = False, attribution: Attribution | None = None) -> Copy:
    """A copy of one signature in that state."""
    return Copy(
        signature="vllm-shm-broadcast",
        title="A remote reader unpickles what the writer sends",
        origin="vllm 0.6.4",
        advisories=("CVE-2025-30165", "GHSA-9pcc-gvx5-r5wm"),
        path="python/sglang/srt/distributed/device_communicators/shm_broadcast.py",
        qualname="MessageQueue",
        line=line,
        end_line=line + 90,
        shared=17,
        of=19,
        similarity=0.94,
        state=state,
        reason=_REASONS[state],
        attribution=attribution,
        is_origin=is_origin,
    )


_ADAPTED = Attribution(
    line=1,
    text="# Adapted from https://github.com/vllm-project/vllm/blob/v0.6.4.post1/vllm/shm_broadcast.py \x1b[2J",
    project="vllm-project/vllm",
    path="vllm/shm_broadcast.py",
    revision="v0.6.4.post1",
)
SGLANG = Traced(
    target="pypi:sglang==0.4.1",
    digest="sha256:" + "0f" * 32,
    copies=(
        copy_("mitigated", 175),
        copy_("unfixed", 236, attribution=_ADAPTED),
        copy_("fixed", 400),
        copy_("unknown", 500),
    ),
    files=551,
    functions=9120,
    skipped=(
        Skipped(path="python/sglang/legacy.py", reason="not Python 3.11: invalid syntax at line 3"),
        Skipped(path="evil\x1b[2J\udcff.py", reason="larger than 20 MB"),
    ),
    excluded=(".git", ".venv\x1b[2J"),
)
VLLM = Traced(
    target="pypi:vllm==0.6.4", digest="", copies=(copy_("unfixed", 236, is_origin=True),), files=700, functions=8011
)
CLEAN = Traced(target="src", digest="", copies=(), files=12, functions=1204)


def outcome(
    *traced: Traced,
    lineage: Lineage | None = None,
    style: Style = Style(),  # noqa: B008 (a frozen value)
) -> TraceOutcome:
    """A run over these targets, ready after 0.62 s."""
    return TraceOutcome(
        traced=traced,
        lineage=lineage,
        style=style,
        began=BEGAN,
        elapsed_s=0.62,
        tool_version="0.1.0",
        pack_version="3fa9c1d20b77",
        signatures=24,
    )


if __name__ == "__main__":
    name, width = [*sys.argv[1:], *["text", "0"][len(sys.argv) - 1 :]]
    shown = Style(color=True, width=int(width)) if int(width) else Style()
    whole = outcome(SGLANG, VLLM, CLEAN, lineage=LINEAGE, style=shown)
    sys.stdout.write(writer(name)(whole).data.decode())
