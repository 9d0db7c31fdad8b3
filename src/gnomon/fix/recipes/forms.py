"""In what form messages go: pickles, texts, JSON or bytes, and whether both directions of a channel agree on it."""

from collections.abc import Iterator
from typing import Literal

from gnomon.core.channel import Dump, End, Operation
from gnomon.core.shape import Plain, Shape, Unknown
from gnomon.fix.recipes.calls import key
from gnomon.fix.recipes.change import place
from gnomon.fix.recipes.scene import Scene

Form = Literal["a pickle", "a text", "JSON", "bytes"]
_PARTNERS: dict[str, frozenset[str]] = {
    "PUSH": frozenset({"PULL"}), "PUB": frozenset({"SUB"}), "PAIR": frozenset({"PAIR"}),
    "REQ": frozenset({"REP", "ROUTER"}), "REP": frozenset({"REQ", "DEALER"}),
    "DEALER": frozenset({"REP", "DEALER", "ROUTER"}), "ROUTER": frozenset({"REQ", "DEALER", "ROUTER"}),
}  # fmt: skip
"""Which types receive what a type sends: https://rfc.zeromq.org/spec/28/, /29/, /30/ and /31/."""
_BY_NAME: dict[str, Form] = {
    "send_pyobj": "a pickle", "recv_pyobj": "a pickle", "send_json": "JSON", "recv_json": "JSON",
    "send_string": "a text", "send_unicode": "a text", "recv_string": "a text", "recv_unicode": "a text",
}  # fmt: skip


def form(scene: Scene, operation: Operation) -> Form:
    """In what form a call sends or receives."""
    if operation.name in _BY_NAME:
        return _BY_NAME[operation.name]
    where = key(operation.site)
    sent = any(key(site) == where for dump in scene.channel.dumps for site in dump.sent_at)
    return "a pickle" if sent or where in scene.loaded else "bytes"


def disagreements(scene: Scene) -> Iterator[str]:
    """What one side sends in a form that the other side does not receive, or the other way round: reasons."""
    for end in scene.channel.ends:
        partners = {kind for each in end.types for kind in _PARTNERS.get(each, ())}
        others = [other for other in scene.channel.ends if partners & set(other.types)]
        sent = _forms(scene, [end], "send")
        received = _forms(scene, others, "receive")
        if not received:
            continue
        for each, operation in sent.items():
            if each not in received:
                yield f"{each} is sent at {place(operation.site)}, and nothing receives it as such"
        everything = _forms(scene, [other for other in scene.channel.ends if _meets(other, others)], "send")
        for each, operation in received.items():
            if sent and each not in everything:
                yield f"{each} is received at {place(operation.site)}, and nothing sends it as such"


def _meets(end: End, others: list[End]) -> bool:
    partners = {kind for each in end.types for kind in _PARTNERS.get(each, ())}
    return any(partners & set(other.types) for other in others)


def _forms(scene: Scene, ends: list[End], kind: str) -> dict[Form, Operation]:
    found: dict[Form, Operation] = {}
    for end in ends:
        for operation in end.operations:
            if operation.kind == kind:
                found.setdefault(form(scene, operation), operation)
    return found


def spoken(scene: Scene) -> tuple[Dump, ...]:
    """Every dump of the channel, and what is sent without one: texts, bytes and JSON are messages as well."""
    found: dict[object, Dump] = {key(dump.site): dump for dump in scene.channel.dumps}
    for end in scene.channel.ends:
        for operation in end.operations:
            if operation.kind == "send" and form(scene, operation) != "a pickle":
                found.setdefault(key(operation.site), _plain(scene, operation))
    return tuple(found.values())


def _plain(scene: Scene, operation: Operation) -> Dump:
    return Dump(
        site=operation.site,
        api=f"zmq.Socket.{operation.name}",
        qualname=operation.qualname,
        sends=True,
        awaited=operation.awaited,
        shape=_shape(scene, operation),
        sent_at=(operation.site,),
        direct=True,
    )


def _shape(scene: Scene, operation: Operation) -> Shape:
    match form(scene, operation):
        case "a text":
            return Plain("str")
        case "bytes":
            return Plain("bytes")
        case _:
            return Unknown(why=f"what send_json sends at {place(operation.site)} is not looked at", site=operation.site)
