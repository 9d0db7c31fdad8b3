"""How bad and how sure: ordered scales, and the one table that computes severity."""

from enum import StrEnum

from gnomon.core.endpoint import Endpoint


class Severity(StrEnum):
    """From worst to mildest; compare with `at_least`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    NOTE = "note"

    def at_least(self, other: "Severity") -> bool:
        """True if this is as bad as `other` or worse."""
        order = list(Severity)
        return order.index(self) <= order.index(other)


class Confidence(StrEnum):
    """From surest to least sure; compare with `at_least`."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    def at_least(self, other: "Confidence") -> bool:
        """True if this is as sure as `other` or surer."""
        order = list(Confidence)
        return order.index(self) <= order.index(other)


def severity_of(endpoint: Endpoint) -> Severity:
    """Severity of a network load: reach decides, effective authentication makes it a note."""
    if endpoint.effective:
        return Severity.NOTE
    if endpoint.peer_chosen_by_request:
        return Severity.CRITICAL
    match endpoint.reach:
        case "any-host":
            return Severity.CRITICAL
        case "configurable" | "unknown":
            return Severity.HIGH
        case "this-host":
            return Severity.MEDIUM
        case "process":
            return Severity.LOW
