"""A lineage sorted into lanes, one a project: origins on top, copies near what they were taken from."""

from collections.abc import Sequence
from datetime import date

from msgspec import Struct

from gnomon.core.lineage import Lineage
from gnomon.render.family import Member, families, first_day


class Lane(Struct, frozen=True, kw_only=True):
    """All code of one project."""

    project: str
    members: tuple[Member, ...]
    """Family by family, each copy below its source."""

    @property
    def first_day(self) -> date:
        """The first day that is known of any of it."""
        return min((first_day(member.node) or date.max for member in self.members), default=date.max)

    @property
    def source(self) -> str:
        """The other project that most of its code was taken from; "" if its oldest code was taken from none."""
        oldest = min(self.members, key=lambda member: first_day(member.node) or date.max)
        if not _foreign(oldest):
            return ""
        sources = list(filter(None, map(_foreign, self.members)))
        return max(dict.fromkeys(sources), key=sources.count)


def lanes(lineage: Lineage) -> tuple[Lane, ...]:
    """The lanes from top to bottom."""
    members: dict[str, list[Member]] = {}
    for family in families(lineage):
        for member in family:
            members.setdefault(member.node.project, []).append(member)
    found = [Lane(project=project, members=tuple(each)) for project, each in members.items()]
    return tuple(_below_sources(sorted(found, key=lambda lane: lane.first_day)))


def _below_sources(lanes: Sequence[Lane]) -> list[Lane]:
    """Each lane directly after its source's, or after the lanes that are there for the same reason."""
    by_project = {lane.project: lane for lane in lanes}
    below: dict[str, list[Lane]] = {}
    for lane in lanes:
        below.setdefault(lane.source, []).append(lane)
    order: dict[str, Lane] = {}
    # Projects that took code from one another have no top: the oldest of what is left begins.
    for start in [*below.get("", ()), *lanes]:
        waiting = [start.project]
        while waiting:
            project = waiting.pop()
            if project not in order:
                order[project] = by_project[project]
                waiting += [lane.project for lane in reversed(below.get(project, []))]
    return list(order.values())


def _foreign(member: Member) -> str:
    """The project that it was taken from; "" if that is its own, or nobody knows."""
    return member.source.project if member.source and member.source.project != member.node.project else ""
