"""The answer to an assistant's hook as JSON: the edit is refused, and why (https://code.claude.com/docs/en/hooks)."""

from msgspec import Struct, json


class _Permission(Struct, frozen=True, kw_only=True, rename="camel"):
    hook_event_name: str
    permission_decision: str
    permission_decision_reason: str


class _Refused(Struct, frozen=True, kw_only=True, rename="camel"):
    hook_specific_output: _Permission


class _Blocked(Struct, frozen=True, kw_only=True):
    decision: str
    reason: str


def render(event: str, text: str) -> bytes:
    """What refuses a tool's call before it is made; what tells the assistant afterwards."""
    if event != "PreToolUse":
        return json.encode(_Blocked(decision="block", reason=text)) + b"\n"
    permission = _Permission(hook_event_name=event, permission_decision="deny", permission_decision_reason=text)
    return json.encode(_Refused(hook_specific_output=permission)) + b"\n"
