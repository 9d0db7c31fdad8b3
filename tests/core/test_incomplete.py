"""The kinds of incomplete fixes, and their words."""

from typing import get_args

from msgspec.structs import replace

from gnomon.core.incomplete import COMPLETION, MEANING, Incomplete, IncompleteKind, parts
from gnomon.scan.fingerprint import fingerprint
from gnomon.scan.incompletion import remedied
from tests.render.sample import HIGH, NOTE
from tests.scan.cases import cases

KINDS = get_args(IncompleteKind)


def test_every_kind_is_explained_and_completed():
    """A kind without words would be shown without any."""
    assert tuple(MEANING) == KINDS
    assert tuple(COMPLETION) == KINDS
    assert all(text.endswith(".") for text in (*MEANING.values(), *COMPLETION.values()))


def test_every_kind_is_pinned_by_a_case():
    """Code that has it is marked, and so is code without it."""
    marked = {marker.keys["incomplete"] for case in cases() for marker in case.markers if "incomplete" in marker.keys}

    assert marked == {*KINDS, "none"}


def test_a_remedy_begins_with_how_the_fix_is_completed():
    """And can be taken apart again, for writers that say the rule's part once."""
    lacks = Incomplete(kind="assert", what="x")
    told = remedied(replace(NOTE, incomplete=lacks, remedy="Do it."))

    assert told.remedy == f"{COMPLETION['assert']} Do it."
    assert parts(told.remedy, lacks) == (f"{COMPLETION['assert']} ", "Do it.")
    assert parts("Do it.", lacks) == ("", "Do it.")
    assert parts("Do it.", None) == ("", "Do it.")


def test_a_fingerprint_does_not_depend_on_it():
    """Baselines stay valid whatever is said of a fix."""
    without = replace(HIGH, incomplete=None, remedy="")

    assert HIGH.incomplete is not None
    assert fingerprint(without) == fingerprint(HIGH)
