"""What a fix that is there lacks: a list that lets in too much, a check that comes too late, a switch that is off."""

import ast
import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from gnomon.core.finding import Finding
from gnomon.core.incomplete import COMPLETION, Incomplete, IncompleteKind
from gnomon.python.facts import defaults
from gnomon.python.order import guards
from gnomon.python.scopes import Scope
from gnomon.scan.aftermath import Aftermath
from gnomon.scan.libraries import library_target
from gnomon.scan.questions import CONDITION_BUDGET
from gnomon.scan.restriction import gap
from gnomon.scan.selectors import expression
from gnomon.scan.sinks import SinkSite
from gnomon.scan.truth import by_default
from gnomon.scan.values import Bound, Const, Found, Frame, Instance, Opaque, Result, Setting, Trail
from gnomon.scan.verification import Verifications

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator

_PROMISING = re.compile(
    r"(?:^|_)(?:safe|safely|secure|secured|securely|restricted|trusted|verified|signed|authenticated)(?:_|$)"
    r"|^(?:Safe|Secure|Restricted|Trusted|Verified|Signed|Authenticated)[A-Z]"
)
"""Names of functions and classes that promise what this rule asks for; `unsafe_loads` is none."""


class Incompletion:
    """Why loads that something was done about are findings all the same."""

    def __init__(self, evaluator: "Evaluator", verifications: Verifications) -> None:
        self.evaluator = evaluator
        self.aftermath = Aftermath(evaluator, verifications)

    def of(self, site: SinkSite, found: Found | None, checked: Incomplete | None) -> Incomplete | None:
        """The most telling of all that is incomplete about one way into a load; None if nothing was done about it.

        `checked` is what the authentication of the way lacks.
        """
        with self.evaluator.allowance(CONDITION_BUDGET):
            return (
                self._of_unpickler(site)
                or checked
                or self._of_hook(site, found)
                or self._of_switch(site)
                or self.aftermath.of(site)
                or self._of_gate(site)
                or self._of_name(site)
            )

    def _of_unpickler(self, site: SinkSite) -> Incomplete | None:
        for receiver in site.receivers:
            value = receiver.value
            if isinstance(value, Instance) and isinstance(value.type, Scope):
                lack = gap(self.evaluator, value.type)
                if lack is not None:
                    return self._told(lack.kind, f"`{value.type.name}` {lack.what}", lack.node, lack.scope)
        return None

    def _of_hook(self, site: SinkSite, found: Found | None) -> Incomplete | None:
        """A decoder of data that calls back what unpickles."""
        if site.model.input == "hook" and isinstance(site.arguments.node, ast.Call):
            return self._hooked(site.arguments.node, site.scope)
        steps: list[Trail] = list(found.trail.steps()) if found is not None and found.trail is not None else []
        for step in steps:
            if step.role == "hook" and isinstance(step.node, ast.Call):
                told = self._hooked(step.node, step.frame.scope)
                if told is not None:
                    return told
        return None

    def _hooked(self, call: ast.Call, scope: Scope) -> Incomplete | None:
        for target in self.evaluator.calls.targets(call, self.evaluator.root(scope)):
            api, _ = library_target(target.value)
            hooks = self.evaluator.catalog.hooks.get(api, ())
            if any(hook.data != "return" for hook in hooks):  # else it is the receiver of raw messages
                return self._told("pickle-in-hook", f"`{api}` decodes data, and a hook of it unpickles", call, scope)
        return None

    def _of_switch(self, site: SinkSite) -> Incomplete | None:
        given = expression(site.model.switch, site.arguments) if site.model.switch else None
        if given is None:
            return None
        name = site.model.switch.partition("|")[2]
        written = all(isinstance(item.value, Const) for item in self.evaluator.values(given, site.arguments.frame))
        what = f"`{name}={ast.unparse(given)[:80]}`"
        if isinstance(given, ast.Constant) or written:
            what += " switches off the library's own protection"
        else:
            what += " lets a setting or the sender switch off the library's own protection"
        return self._told("switched-off", what, given, site.arguments.frame.scope)

    def _of_gate(self, site: SinkSite) -> Incomplete | None:
        """A condition around the load that an option decides, which is off by default."""
        frame = site.arguments.frame
        for test, needed in guards(site.arguments.node, frame.scope.facts):
            if by_default(self.evaluator, test, frame) is (not needed) and self._is_option(test, frame, 0):
                outcome = "true" if needed else "false"
                what = f"the load runs only if `{ast.unparse(test)[:80]}` is {outcome}, which it is not by default"
                return self._told("gated", what, test, frame.scope)
        return None

    def _is_option(self, test: ast.expr, frame: Frame, depth: int) -> bool:
        """True if a setting, an environment variable or a parameter that may be left out decides the test."""
        function = frame.scope.node
        given = defaults(function) if isinstance(function, (ast.FunctionDef, ast.AsyncFunctionDef)) else ()
        optional = {name for name, value in given if isinstance(value, ast.Constant) and not value.value}
        for part in ast.walk(test):
            if isinstance(part, ast.Name) and part.id in optional:
                return True
            if isinstance(part, (ast.Name, ast.Attribute, ast.Call)):
                found = self.evaluator.operand(part, frame)
                if any(self._is_setting(item, depth) for item in found):
                    return True
        return False

    def _is_setting(self, found: Found, depth: int) -> bool:
        value = found.value
        if isinstance(value, Opaque) and isinstance(value.node, (ast.Compare, ast.UnaryOp)) and depth < 3:
            return self._is_option(value.node, value.frame, depth + 1)
        if isinstance(value, (Result, Bound)):
            model = self.evaluator.catalog.addresses.get(value.api)
            configured = model is not None and model.value == "<configured>"
            return configured or any(self._is_setting(item, depth) for item in value.receivers)
        return isinstance(value, Setting)

    def _of_name(self, site: SinkSite) -> Incomplete | None:
        scope, node = site.where
        for receiver in site.receivers:
            value = receiver.value
            if isinstance(value, Instance) and isinstance(value.type, Scope) and _PROMISING.search(value.type.name):
                what = f"`{value.type.name}` has no `find_class`, and lets in every name"
                return self._told("in-name-only", what, value.type.node, value.type)
        for part in reversed(scope.qualname.split(".")):
            if _PROMISING.search(part):
                return self._told("in-name-only", f"`{part}` restricts and verifies nothing", node, scope)
        return None

    def _told(self, kind: IncompleteKind, what: str, node: ast.AST, scope: Scope) -> Incomplete:
        return Incomplete(kind=kind, what=what, site=self.evaluator.site(node, scope))


def remedied(finding: Finding) -> Finding:
    """The finding, its remedy beginning with how the fix that is there is completed."""
    if finding.incomplete is None:
        return finding
    return replace(finding, remedy=f"{COMPLETION[finding.incomplete.kind]} {finding.remedy}".rstrip())
