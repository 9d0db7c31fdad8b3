"""What surveys say as a whole, for tests: a small one, a large one, and one with text that wants to be obeyed."""

import random

from msgspec.structs import replace

from gnomon.render.ecosystem_json import (
    JsonEcosystem,
    JsonEcosystemSummary,
    JsonExposure,
    JsonFamily,
    JsonFlawed,
    JsonMember,
    JsonPackageHistory,
    JsonPassage,
    JsonStanding,
)
from gnomon.render.survey_json import JsonSurveyTool
from gnomon.render.trace_json import JsonClue

OPEN = JsonExposure(
    severity="critical", reach="any-host", authentication="none", effective=False, fingerprint="ab" * 16
)
HELD = JsonExposure(severity="note", reach="any-host", authentication="curve", effective=True, fingerprint="cd" * 16)
UNTOLD = JsonExposure(severity=None, reach="unknown", authentication="unknown", effective=False, fingerprint=None)
TOOL = JsonSurveyTool(name="gnomon", version="0.1.0", knowledge="k", signatures="s", python="3.11")
_SUMMARY = JsonEcosystemSummary(
    targets=9, failed=1, packages=4, flawed_packages=2, unsafe=2, functions=40, bodies=30, compared=99, alike=12,
    families=5, flawed_families=1, doubtful=1,
)  # fmt: skip


def package(name: str, state: str = "unfixed", exposure: JsonExposure = OPEN, **more: object) -> JsonPackageHistory:
    """A package, flawed from its first release on."""
    first = JsonFlawed(label="0.1", date="2024-01-01")
    history = JsonPackageHistory(
        name=name, releases=3, newest="0.3", newest_date="2025-03-03", state=state, unsafe=1, flawed=2,
        first_flawed=first, last_flawed=first, exposure=exposure, advisories=("CVE-2025-30165", "GHSA-pgr7-mhp5-fgjp"),
        took_from=("maker",), gave_to=(), incomplete=0, failed=0,
    )  # fmt: skip
    return replace(history, **more)


def standing(project: str, exposure: JsonExposure = OPEN, **more: object) -> JsonStanding:
    """Code that is still there."""
    told = JsonStanding(
        node=f"{project}::queue.py::Queue.dequeue", family=1, project=project, path="engine/distributed/queue.py",
        line=40, qualname="Queue.dequeue", release="0.3", date="2025-03-03", state="unfixed",
        reason="`pickle.loads()` unpickles bytes from tcp://*:5555: any host can reach it, no authentication",
        exposure=exposure, since="0.1", releases=2, source="maker", confidence="high", spread=2, signature=None,
    )  # fmt: skip
    return replace(told, **more)


def passage(source: str, target: str, confidence: str = "high", places: int = 3) -> JsonPassage:
    """Code that went from one to the other."""
    clues = (JsonClue(kind="attribution", note=f"line 1 says: Adapted from {source}"),)
    return JsonPassage(
        source=source, target=target, places=places, unsafe=1, what="Queue.dequeue", similarity=0.93, shared=12, of=13,
        confidence=confidence, date="2024-05-05", clues=clues,
    )  # fmt: skip


def member(name: str, state: str = "unfixed", **more: object) -> JsonMember:
    """A project of the picture."""
    return replace(JsonMember(name=name, state=state, unsafe=1, looked_at=True, first_seen="2024-05-05"), **more)


FAMILY = JsonFamily(id=1, what="Queue.dequeue", origin="maker", projects=4, places=5, unsafe=2, edges=3)
SAMPLE = JsonEcosystem(
    schema=1,
    tool=TOOL,
    summary=_SUMMARY,
    packages=(
        package("copier"),
        package("maker", "mitigated", UNTOLD, took_from=(), gave_to=("copier", "third")),
        package("third", "authenticated", HELD, unsafe=0),
        package("clean", "clear", UNTOLD, unsafe=0, flawed=0, first_flawed=None, last_flawed=None, advisories=()),
    ),
    standing=(standing("copier"), standing("maker", UNTOLD, source=None, confidence=None), standing("third", HELD)),
    projects=(
        member("copier"), member("maker", "mitigated"), member("third", "authenticated"),
        member("far/away", "not-read", looked_at=False, first_seen=None),
    ),
    passages=(passage("maker", "copier"), passage("copier", "third", "medium"), passage("far/away", "maker", "low")),
    families=(FAMILY,),
)  # fmt: skip


def many(packages: int, places: int) -> JsonEcosystem:
    """Names as long as real ones; code went to each package from one before it."""
    chance = random.Random(3)
    names = [f"inference-server-{number:04}" for number in range(packages)]
    before = [names[int(chance.random() ** 3 * max(number, 1))] for number in range(packages)]
    states = ("unfixed", "fixed", "gated", "authenticated", "clear")
    return replace(
        SAMPLE,
        summary=replace(_SUMMARY, packages=packages, unsafe=places),
        packages=tuple(package(name, states[number % 5], gave_to=("one", "two")) for number, name in enumerate(names)),
        standing=tuple(standing(names[number % packages], spread=number % 3) for number in range(places)),
        projects=tuple(member(name, states[number % 5]) for number, name in enumerate(names)),
        passages=tuple(
            passage(source, name, ("high", "medium", "low")[number % 3], 1 + number % 9)
            for number, (source, name) in enumerate(zip(before, names, strict=True))
            if number
        ),
        families=(FAMILY,) * packages,
    )


def hostile(texts: tuple[str, ...]) -> JsonEcosystem:
    """Each text wherever a target has a say."""
    return replace(
        SAMPLE,
        packages=tuple(
            package(text, text, replace(OPEN, reach=text, authentication=text, severity=text), newest=text,
                    advisories=(text,), took_from=(text,))
            for text in texts
        ),
        standing=tuple(
            standing(text, path=text, qualname=text, release=text, reason=text, source=text, since=text, state=text)
            for text in texts
        ),
        projects=(member("maker"), *(member(text, text) for text in texts)),
        passages=tuple(
            replace(passage("maker", text, text), what=text, clues=(JsonClue(kind=text, note=text),)) for text in texts
        ),
        families=tuple(replace(FAMILY, what=text, origin=text) for text in texts),
    )  # fmt: skip
