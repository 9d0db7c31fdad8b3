"""The scanner, here and now; and each lesson's check, in its process, once for the same files."""

from collections.abc import Callable, Mapping

import pytest

from gnomon.core.lesson import Lesson
from gnomon.io.behaviour import behaviour_of
from gnomon.io.confined import Bounds
from gnomon.io.lesson_scan import scanned
from gnomon.knowledge.load import load
from gnomon.learn.verdict import Behave, Behaviour, Scan, Scanned

PATIENT = Bounds(wall_s=60)
"""Tests run beside other tests."""


@pytest.fixture(scope="session")
def scan() -> Scan:
    """What the scanner says of files."""
    knowledge, known = load(), {}

    def ask(files: Mapping[str, bytes]) -> Scanned:
        key = tuple(sorted(files.items()))
        if key not in known:
            known[key] = scanned(files, knowledge)
        return known[key]

    return ask


@pytest.fixture(scope="session")
def check() -> Callable[[Lesson], Behave]:
    """What a lesson's check says of files."""
    known: dict[object, Behaviour] = {}

    def of(lesson: Lesson) -> Behave:
        def ask(files: Mapping[str, bytes]) -> Behaviour:
            key = (lesson.id, *sorted(files.items()))
            if key not in known:
                known[key] = behaviour_of(files, lesson.check, PATIENT)
            return known[key]

        return ask

    return of
