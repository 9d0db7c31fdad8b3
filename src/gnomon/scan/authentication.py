"""What authenticates a channel or a message, and whether that is effective: before the load, by default, enforced."""

import ast
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from gnomon.core.endpoint import Basis, Endpoint, Evidence
from gnomon.core.incomplete import Incomplete, IncompleteKind
from gnomon.core.model import AuthenticationModel
from gnomon.python.facts import defaults
from gnomon.python.order import guards
from gnomon.python.scopes import Scope
from gnomon.scan.addressing import same_object
from gnomon.scan.channels import Channels
from gnomon.scan.libraries import library_target
from gnomon.scan.making import makings
from gnomon.scan.selectors import expression, holds, selected
from gnomon.scan.sinks import SinkSite
from gnomon.scan.truth import by_default
from gnomon.scan.values import Arguments, Const, Found, Frame, Instance, Outside, Value
from gnomon.scan.verification import Verifications, Verified

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

MAX_BELONGS = 4
"""Steps from a channel to what it belongs to: its socket, context, server."""
MAX_FILES = 40
"""Files searched for functions that give a channel its keys, beside those in which it is made."""

_FLAWED: dict[IncompleteKind, str] = {
    "constant-key": "with a key that is written in the code, or in a default",
    "off-by-default": "but only if a key is passed, and by default none is",
}
"""What is said of the key that a channel is made with."""


class _Setting(Struct, frozen=True):
    """A place where a channel is given an authentication."""

    model: AuthenticationModel
    node: ast.AST
    frame: Frame
    on: bool | None
    """Whether the conditions around it hold by default."""
    flaw: IncompleteKind | None = None
    """What is wrong with the key that is given."""


class Checked(Struct, frozen=True):
    """An endpoint with what authenticates its messages, and what that lacks."""

    endpoint: Endpoint
    lacks: Incomplete | None = None


class Authentications:
    """Authentication of endpoints and messages."""

    def __init__(self, evaluator: "Evaluator", channels: Channels) -> None:
        self.evaluator = evaluator
        self.channels = channels
        self.verifications = Verifications(evaluator)
        self._known: dict[tuple[object, ...], list[_Setting]] = {}
        self._files: list[str] | None = None
        self._words = sorted(_telling_words(evaluator.catalog.authentication.values()))
        self._names = dict.fromkeys(_set_on_channels(evaluator.catalog.authentication))

    def checked(self, endpoint: Endpoint, outside: Outside, site: SinkSite, found: Found) -> Checked:
        """The endpoint with what authenticates its messages: on the channel, or in the message before the load."""
        settings = [setting for channel in outside.channels for setting in self._of_channel(channel.value, 0)]
        for setting in settings:
            judged = self._judged(setting, endpoint)
            if judged.endpoint.effective:
                return judged
        verified = (
            self.verifications.on_the_way(_places(site, found), outside.node) if not site.model.receives else None
        )
        if verified is not None:
            return self._verified(verified, endpoint)
        return self._judged(settings[0], endpoint) if settings else Checked(endpoint)

    def _verified(self, verified: Verified, endpoint: Endpoint) -> Checked:
        place = self.evaluator.site(verified.node, verified.scope)
        evidence = Evidence(claim="authentication", basis="observed", note=f"the message {verified.note}", site=place)
        judged = replace(
            endpoint,
            authentication=verified.kind,
            effective=verified.effective,
            evidence=(*endpoint.evidence, evidence),
        )
        return _lacking(judged, evidence, verified.lacks)

    def _judged(self, setting: _Setting, endpoint: Endpoint) -> Checked:
        """Whether one setting protects the endpoint."""
        kind = setting.model.kind
        enforced = not setting.model.requires or any(self._appears(name) for name in setting.model.requires)
        open_to_all = next((name for name in setting.model.defeated_by if self._appears(name)), "")
        effective = (
            setting.on is True and enforced and not open_to_all and setting.flaw is None and kind != "peer-address"
        )
        lacks: IncompleteKind | None = setting.flaw
        if setting.flaw is not None:
            note = f"{kind} is switched on for this channel, {_FLAWED[setting.flaw]}"
        elif not enforced:
            lacks = "no-key-list"
            note = f"{kind} is switched on, but nothing in the target sets the list of keys that enforces it"
        elif open_to_all:
            lacks = "no-key-list"
            note = f"{kind} is switched on, but `{open_to_all}` lets everybody in"
        elif setting.on is True:
            lacks = "peer-address" if kind == "peer-address" else None
            note = f"{kind} is switched on for this channel"
        elif setting.on is False:
            lacks = "peer-address" if kind == "peer-address" else "off-by-default"
            note = f"{kind} is switched on only under a condition that is off by default"
        else:
            lacks = "peer-address" if kind == "peer-address" else "off-by-default"
            note = f"{kind} is switched on only under a condition that is not known to hold"
        place = self.evaluator.site(setting.node, setting.frame.scope)
        basis: Basis = "assumed" if setting.model.type else "observed"
        evidence = Evidence(claim="authentication", basis=basis, note=note, site=place)
        judged = replace(endpoint, authentication=kind, effective=effective, evidence=(*endpoint.evidence, evidence))
        return _lacking(judged, evidence, lacks)

    def _appears(self, name: str) -> bool:
        """True if the project names the API: its last part stands somewhere as a word."""
        return bool(self.evaluator.project.naming(name.rpartition(".")[2]))

    def _of_channel(self, value: Value, depth: int) -> list[_Setting]:
        if not isinstance(value, Instance) or depth > MAX_BELONGS:
            return []
        key = value.key
        known = self._known.get(key)
        if known is None:
            self._known[key] = []
            known = list(self._made_authenticated(value))
            known += self._set_on(value)
            for owner in value.belongs:
                known += self._of_channel(owner.value, depth + 1)
            for server in self.channels.servers_of(value):
                known += self._of_channel(server.value, depth + 1)
            self._known[key] = known
        return known

    def _made_authenticated(self, value: Instance) -> Iterator[_Setting]:
        """The call that makes the channel authenticates it (`secure_channel`, `wrap_socket`), or it always is."""
        if value.frame is None or value.node is None:
            return
        if not isinstance(value.node, ast.Call):
            models = self.evaluator.catalog.authentication.get(str(value.type), ())
            yield from (_Setting(model, value.node, value.frame, on=True) for model in models if model.type)
            return
        for made in makings(self.evaluator, value):
            for model in self.evaluator.catalog.authentication.get(made.api, ()):
                held = all(holds(self.evaluator, condition, made.arguments, made.receivers) for condition in model.when)
                if held and model.channel != "self":
                    flaw = self._flaw(model, made.arguments, made.receivers)
                    # Whatever decides that it is made decides that there is a channel at all.
                    yield _Setting(model, made.node, made.arguments.frame, on=True, flaw=flaw)

    def _flaw(
        self, model: AuthenticationModel, arguments: Arguments, receivers: tuple[Found, ...]
    ) -> IncompleteKind | None:
        """What is wrong with the key that a channel is made with."""
        keys = selected(self.evaluator, model.key, arguments, receivers) if model.key else []
        known = self.verifications.checks.digests.known(keys)
        given = expression(model.key, arguments)
        if known is None and given is not None and not model.always and _may_be_left_out(given, arguments.frame):
            missing = any(isinstance(item.value, Const) and item.value.value is None for item in keys)
            return "off-by-default" if missing else None
        return known

    def _set_on(self, value: Instance) -> Iterator[_Setting]:
        """Attributes and options set on the channel, where it is made and in the functions that handle it."""
        frames: list[Frame] = []
        frame = value.frame
        while frame is not None:
            frames.append(frame)
            frame = frame.arguments.frame if frame.arguments is not None else None
        inside = {id(item.scope) for item in frames}
        for home in frames:
            yield from self._in_scope(home, value)
        project = self.evaluator.project
        paths = [item.scope.path for item in frames]
        if isinstance(value.type, Scope):
            paths.append(value.type.path)
        for path in dict.fromkeys([*paths, *self._files_that_authenticate()]):
            seen: set[int] = set()
            for name in self._names:
                for line in project.mentions_in(path, name):
                    around = project.scope_at(path, line)
                    for scope in around.with_lambdas() if around is not None else ():
                        if id(scope) not in inside and id(scope) not in seen:
                            seen.add(id(scope))
                            yield from self._in_scope(self.evaluator.root(scope), value)

    def _files_that_authenticate(self) -> list[str]:
        """Where sockets can be given keys by functions that they are handed to."""
        if self._files is None:
            project = self.evaluator.project
            self._files = sorted({path for word in self._words for path in project.naming(word)})[:MAX_FILES]
        return self._files

    def _in_scope(self, frame: Frame, value: Instance) -> Iterator[_Setting]:
        facts = frame.scope.facts
        for store in facts.stores:
            target = store.target
            if isinstance(target, ast.Attribute) and target.attr in self._names and store.value is not None:
                yield from self._attribute(target, store.value, frame, value)
        for call in facts.calls:
            last = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if last in self._names:
                yield from self._option(call, frame, value)

    def _attribute(
        self, target: ast.Attribute, assigned: ast.expr, frame: Frame, value: Instance
    ) -> Iterator[_Setting]:
        owner = self._owner(self.evaluator.values(target.value, frame), value)
        if owner is None:
            return
        off = {item.value.value for item in self.evaluator.values(assigned, frame) if isinstance(item.value, Const)}
        if off and not any(off):
            return
        for type_name in self._type_names(value):
            for model in self.evaluator.catalog.authentication.get(f"{type_name}.{target.attr}", ()):
                if model.attribute:
                    yield _Setting(model, target, frame, self._is_on(target, frame, owner))

    def _option(self, call: ast.Call, frame: Frame, value: Instance) -> Iterator[_Setting]:
        arguments = self.evaluator.calls.arguments(call, frame)
        for target in self.evaluator.calls.targets(call, frame):
            api, receivers = library_target(target.value)
            for model in self.evaluator.catalog.authentication.get(api, ()):
                if model.attribute or model.channel == "return":
                    continue
                owners = selected(self.evaluator, model.channel, arguments, receivers)
                if model.channel == "self" and isinstance(call.func, ast.Attribute):
                    owners = self.evaluator.values(call.func.value, frame)
                owner = self._owner(owners, value)
                if owner is not None and all(
                    holds(self.evaluator, condition, arguments, receivers) for condition in model.when
                ):
                    yield _Setting(model, call, frame, self._is_on(call, frame, owner))

    def _type_names(self, value: Instance) -> list[str]:
        if isinstance(value.type, str):
            return self.evaluator.catalog.lineage(value.type)
        return self.evaluator.fields.classes.library_bases(value.type)

    @staticmethod
    def _owner(owners: list[Found], value: Instance) -> Found | None:
        """The channel among the values, and the way it came there."""
        return next((item for item in owners if same_object(item.value, value)), None)

    def _is_on(self, node: ast.AST, frame: Frame, owner: Found | None = None) -> bool | None:
        """Whether the conditions around a setting, and around the call that hands it the channel, hold by default."""
        steps = owner.trail.steps() if owner is not None and owner.trail is not None else ()
        handed = [(step.node, step.frame) for step in steps if step.role == "argument"]
        outcome: bool | None = True
        for place, home in ((node, frame), *handed):
            for test, needed in guards(place, home.scope.facts):
                held = by_default(self.evaluator, test, home)
                if held is None:
                    outcome = None
                elif held is not needed:
                    return False
        return outcome


def _set_on_channels(models: dict[str, list[AuthenticationModel]]) -> Iterator[str]:
    """The attributes and calls that authenticate a channel after it was made: `curve_server`, `setsockopt`."""
    for api, entries in models.items():
        if any(api in entry.attribute or (api in entry.api and entry.channel != "return") for entry in entries):
            yield api.rpartition(".")[2]


def _may_be_left_out(given: ast.expr, frame: Frame) -> bool:
    """True for a parameter that is None if nobody passes it, and for an alternative that is written as None."""
    if isinstance(given, ast.IfExp):
        return any(isinstance(side, ast.Constant) and side.value is None for side in (given.body, given.orelse))
    function = frame.scope.node
    if not isinstance(given, ast.Name) or not isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)):
        return False
    return any(name == given.id and isinstance(value, ast.Constant) for name, value in defaults(function))


def _telling_words(models: Iterable[list[AuthenticationModel]]) -> Iterator[str]:
    """Attributes and options that nothing but authentication has: `curve_server`, `CURVE_SERVER`."""
    for model in (model for entries in models for model in entries):
        for name in model.attribute:
            yield name.rpartition(".")[2]
        for condition in model.when:
            yield from (name.rpartition(".")[2] for name in condition.one_of if "." in name)


def _lacking(endpoint: Endpoint, evidence: Evidence, lacks: IncompleteKind | None) -> Checked:
    """The evidence says what is there and what is missing, in the words of an incomplete fix."""
    return Checked(endpoint, Incomplete(kind=lacks, what=evidence.note, site=evidence.site) if lacks else None)


def _places(site: SinkSite, found: Found) -> list[tuple[ast.AST, Frame]]:
    """The sink, then every place the data passes on the way back to its source."""
    places: list[tuple[ast.AST, Frame]] = [(site.arguments.node, site.arguments.frame)]
    steps = found.trail.steps() if found.trail is not None else ()
    passed = ((step.node, step.frame) for step in steps if step.role in ("argument", "return", "field", "hook"))
    return [*places, *passed]
