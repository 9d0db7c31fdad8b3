"""How far many targets are, and how long the rest will take; told what time it is."""

from collections.abc import Mapping

from msgspec import Struct


class Pace(Struct):
    """Targets that are to be done, and those that are."""

    weights: Mapping[str, int]
    """Bytes of each; 0 if not known: then it counts as the mean of the others."""
    began: float
    """In seconds, by the clock that later times are told by."""
    done: int = 0
    failed: int = 0
    weight: float = 0.0
    """Of what is done."""

    def finished(self, target: str, *, failed: bool) -> None:
        """Counts a target."""
        self.done += 1
        self.failed += failed
        self.weight += self._weight(target)

    def left_s(self, now: float) -> float | None:
        """Seconds until all is done, if it goes on like this; None while nothing tells."""
        if not self.weight:
            return None
        whole = sum(self.weights.values()) + self._mean * sum(not each for each in self.weights.values())
        return max(now - self.began, 0.0) * max(whole - self.weight, 0.0) / self.weight

    def words(self, now: float) -> str:
        """`12 of 80 examined, 1 failed, about 3 min left`."""
        said = f"{self.done:,} of {len(self.weights):,} examined"
        if self.failed:
            said += f", {self.failed:,} failed"
        left = self.left_s(now)
        return said if left is None else f"{said}, about {duration(left)} left"

    @property
    def _mean(self) -> float:
        known = [each for each in self.weights.values() if each]
        return sum(known) / len(known) if known else 1.0

    def _weight(self, target: str) -> float:
        return self.weights.get(target) or self._mean


def duration(seconds: float) -> str:
    """As people say it: `40 s`, `3 min`, `5.5 h`, `2.1 days`."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3_600:
        return f"{seconds / 3_600:.1f} h"
    return f"{seconds / 86_400:.1f} days"
