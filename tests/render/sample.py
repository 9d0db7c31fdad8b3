"""The one fixed report that every writer is tested on; run it to look at the writers' output with your own eyes.

python tests/render/sample.py [FORMAT] [WIDTH]: text is wrapped at WIDTH and painted if there is one
"""

import sys
from datetime import UTC, datetime

from gnomon.core.endpoint import Endpoint, Evidence
from gnomon.core.finding import CopiedFrom, Finding, Fix, Remark, Report, Skipped, Source, Suppressed
from gnomon.core.incomplete import Incomplete
from gnomon.core.rule import RealCase, Rule
from gnomon.core.severity import Confidence, Severity
from gnomon.core.site import CodeSite, Span, Step
from gnomon.render.formats import writer
from gnomon.render.outcome import Answer, Outcome
from gnomon.render.page import Style

RULES = (
    Rule(
        id="pickle-over-network",
        title="Bytes from the network are unpickled",
        default=True,
        sources=("zmq", "socket"),
        sinks=("code-execution",),
        remedy="Send typed messages (msgspec, JSON) and authenticate the channel.",
        what="A process unpickles bytes that another process sent.",
        why="Unpickling runs whatever code the bytes name: whoever can reach the socket owns the server.",
        fix="Decode to a declared type:\n\n    request = msgspec.msgpack.decode(frame, type=Request)\n",
        detection="From each load back to the socket, through assignments, calls, fields and queues.",
        blind_spots="Sockets handed over by plugins that are not part of the scanned code.",
        incomplete_fixes=True,
        cases=(RealCase(title="llama-stack", link="https://example.org/advisory", advisory="CVE-2024-50050"),),
    ),
    Rule(
        id="pickle-from-file",
        title="A file is unpickled",
        default=False,
        sources=("file",),
        sinks=("code-execution",),
        severity="low",
        remedy="Load weights with safetensors.",
        what="A file is unpickled.",
        why="Whoever can write the file runs code.",
        fix="Use a format that holds data alone.",
        detection="Loads whose input is an opened file.",
        blind_spots="Files opened in C extensions.",
    ),
)


def site(path: str, line: int, column: int, code: str) -> CodeSite:
    """A site on one line."""
    span = Span(line=line, column=column, end_line=line, end_column=column + max(len(code) - 1, 0))
    return CodeSite(path=path, span=span, code=code)


_BIND = site("engine/rpc/server.py", 21, 9, 'self.socket.bind(f"tcp://*:{port}")')
_RECV = site("engine/rpc/server.py", 38, 18, "frames = self.socket.recv_multipart()")
_LOAD = site("engine/rpc/codec.py", 12, 12, "return pickle.loads(payload)")
_OPEN_TO_ALL = Endpoint(
    role="bind",
    transport="tcp",
    address="tcp://*:{port}",
    reach="any-host",
    authentication="none",
    evidence=(
        Evidence(claim="role", basis="observed", note="`zmq.Socket.bind` is called", site=_BIND),
        Evidence(
            claim="address", basis="inferred", note="`{port}` is the argument `--rpc-port`, default 5557", site=_BIND
        ),
        Evidence(claim="reach", basis="observed", note="`*` listens on every interface", site=_BIND),
        Evidence(
            claim="reach",
            basis="observed",
            note="a proxy hands messages on to the workers",
            site=site("engine/rpc/proxy.py", 9, 5, "zmq.proxy(front, back)"),
        ),
        Evidence(
            claim="authentication",
            basis="assumed",
            note="no CURVE key, token or signature is set on this socket, and ZeroMQ's default is none",
        ),
    ),
)
CRITICAL = Finding(
    rule="pickle-over-network",
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    message="`pickle.loads()` unpickles bytes from tcp://*:{port} (engine/rpc/server.py:21), no authentication",
    site=_LOAD,
    qualname="Codec.decode",
    sink="pickle.loads",
    source=Source(kind="zmq", site=_RECV, api="zmq.Socket.recv_multipart"),
    flow=(
        Step(site=_RECV, role="source", note="bytes arrive on the ZeroMQ socket"),
        Step(
            site=site("engine/rpc/server.py", 39, 9, "kind, payload = frames[1], frames[2]"),
            role="propagation",
            note="the third frame is taken",
        ),
        Step(
            site=site("engine/rpc/server.py", 44, 16, "request = self.codec.decode(payload)"),
            role="argument",
            note="handed to `Codec.decode` as `payload`",
        ),
        Step(site=_LOAD, role="sink", note="unpickled: runs whatever the bytes name"),
    ),
    endpoint=_OPEN_TO_ALL,
    remedy="Send typed messages (msgspec, JSON) instead of pickles, and authenticate the channel with CURVE or an HMAC "
    "that is verified before anything is decoded.",
    advisories=("CVE-2024-50050", "CVE-2025-30165"),
    copied_from=CopiedFrom(
        signature="shm-broadcast", origin="vllm-project/vllm@v0.5.4", note="same function, names of locals changed"
    ),
    fixes=(Fix(note="decode `payload` with `msgspec.msgpack.Decoder(Request)`", safe=False),),
    other_sources=1,
    fingerprint="0123456789abcdef0123456789abcdef",
)
HIGH = Finding(
    rule="pickle-over-network",
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    message="`recv_pyobj()` unpickles bytes from a socket whose address was not found",
    site=site("engine/worker.py", 7, 11, "message = sock.recv_pyobj()"),
    qualname="<module>",
    sink="zmq.Socket.recv_pyobj",
    source=Source(kind="zmq"),
    endpoint=Endpoint(
        authentication="hmac",
        evidence=(Evidence(claim="authentication", basis="observed", note="verified after the load", site=_LOAD),),
    ),
    incomplete=Incomplete(
        kind="after-load", what="a signature or token is checked when the message has been loaded", site=_LOAD
    ),
    remedy="Check before the load, on the bytes: a pickle runs its code while it is loaded. Send typed messages.",
    fingerprint="1123456789abcdef0123456789abcdef",
)
MEDIUM = Finding(
    rule="pickle-over-network",
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    message="`_pickle.loads()` 解开来自本机的字节 from tcp://127.0.0.1:6000 (推理/服务.py:3)",
    site=site(
        "推理/服务.py", 5, 1, "对象 = _pickle.loads(套接字.recv())  # 收到的字节可能来自本机的任何进程,没有任何身份验证"
    ),
    qualname="服务.循环",
    sink="_pickle.loads",
    source=Source(kind="socket", api="socket.socket.recv"),
    flow=(
        Step(site=site("推理/服务.py", 5, 17, "对象 = _pickle.loads(套接字.recv())"), role="source", note="收到字节"),
        Step(site=site("推理/服务.py", 5, 1, "对象 = _pickle.loads(套接字.recv())"), role="sink", note="unpickled"),
    ),
    endpoint=Endpoint(role="connect", transport="tcp", address="tcp://127.0.0.1:6000", reach="this-host"),
    remedy="Send typed messages.",
    fingerprint="2123456789abcdef0123456789abcdef",
)
NOTE = Finding(
    rule="pickle-over-network",
    severity=Severity.NOTE,
    confidence=Confidence.HIGH,
    message="`pickle.loads()` unpickles bytes from tcp://*:5560, authenticated by HMAC before the load",
    site=site("engine/sealed.py", 70, 15, "return pickle.loads(body)"),
    qualname="Sealed.receive",
    sink="pickle.loads",
    source=Source(kind="zmq"),
    endpoint=Endpoint(
        role="bind", transport="tcp", address="tcp://*:5560", reach="any-host", authentication="hmac", effective=True
    ),
    incomplete=Incomplete(
        kind="timing",
        what="the message is verified before the load; an operator compares the signatures",
        site=site("engine/sealed.py", 66, 8, "if tag != hmac.new(KEY, body, SHA).digest():"),
    ),
    fingerprint="3123456789abcdef0123456789abcdef",
)
HOSTILE = Finding(
    rule="pickle-over-network",
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    message="`pickle.loads()` unpickles bytes from inproc://\x1b]0;pwn\x07\u202egpj",
    site=site("a\x1b[2J\n::error file=x::hi\udcff.py", 4, 7, "obj\t= pickle.loads(s.recv())  # \x9b31m ##[error]x"),
    qualname="f\u2066",
    sink="pickle.loads",
    source=Source(kind="zmq"),
    endpoint=Endpoint(role="bind", transport="inproc", address="inproc://\x1b]0;pwn\x07", reach="process"),
    fingerprint="4123456789abcdef0123456789abcdef",
)
REPORT = Report(
    target="inference-server-1.2.tar.gz",
    findings=(CRITICAL, HIGH, MEDIUM, HOSTILE, NOTE),
    suppressed=(
        Suppressed(finding=NOTE, reason="accepted until 2027"),
        Suppressed(
            finding=MEDIUM, reason="only in the lab (marker at engine/ipc.py:52, until 2027-01-31)", by="marker"
        ),
        Suppressed(finding=HOSTILE, reason="a fixture\x1b[2J (pyproject.toml)", by="configuration"),
    ),
    skipped=(
        Skipped(path="engine/legacy.py", reason="not Python 3.11: invalid syntax at line 3"),
        Skipped(path="evil\x1b[2J\udcff.py", reason="larger than 20 MB"),
    ),
    excluded=(".git", ".venv\x1b[2J"),
    remarks=(
        Remark(path="pyproject.toml", note="exclude = 'tests' left 12 files out"),
        Remark(path="a\x1b[2J.py", line=3, note="ignore[pickle-from-file] suppresses nothing any more: remove it"),
        Remark(note="1 marker not honoured, at b.py:7; --trust-config honours them"),
    ),
    files=551,
    lines=180231,
    digest="sha256:" + "0f" * 32,
    tool_version="0.1.0",
    knowledge_version="3fa9c1d20b77",
    hidden=3,
)
CLEAN = Report(target="src", findings=(), files=12, lines=1204, tool_version="0.1.0", knowledge_version="3fa9c1d20b77")

BEGAN = datetime(2026, 1, 28, 3, 26, 2, tzinfo=UTC)


def outcome(*reports: Report, style: Style = Style(), folder: str = "") -> Outcome:  # noqa: B008 (a frozen value)
    """A run over these reports, each begun at the same time and ready after 0.62 s."""
    answers = tuple(Answer(report=report, began=BEGAN, elapsed_s=0.62) for report in reports)
    return Outcome(answers=answers, rules=RULES, show_hidden="add `--all`", style=style, folder=folder)


if __name__ == "__main__":
    name, width = [*sys.argv[1:], *["text", "0"][len(sys.argv) - 1 :]]
    shown = Style(color=True, width=int(width)) if int(width) else Style()
    sys.stdout.write(writer(name)(outcome(REPORT, style=shown)).data.decode())
