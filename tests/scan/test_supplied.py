"""Unknown parts of what is sent are what the receiver takes them for, and what is known stays as it is."""

from gnomon.core.shape import Either, Keyed, Mapping, Plain, Row, Sequence, Unknown, unknowns
from gnomon.scan.readings import Reading
from gnomon.scan.supplied import Supplied

STR, INT, BYTES = Plain("str"), Plain("int"), Plain("bytes")
SENT = Unknown(why="it was not followed (client.py:3)")
OP = Keyed(fields=(("op", STR),))


def test_the_whole() -> None:
    """What is not known at all is all that its use says, with every reason."""
    made = Supplied(SENT, Reading(OP, ('it is read by its keys "op" (s.py:1)', 'its "op" is compared (s.py:2)')))

    assert made.shape == OP
    assert made.because == ('it is read by its keys "op" (s.py:1)', 'its "op" is compared (s.py:2)')


def test_a_part() -> None:
    """Only the part that is not known is taken from the use, with the reasons for that part."""
    sent = Keyed(fields=(("op", SENT), ("n", INT), ("rows", Sequence(kind="list", element=SENT))))
    used = Keyed(fields=(("op", STR), ("n", BYTES), ("rows", Sequence(kind="list", element=Row(items=(INT, INT))))))
    made = Supplied(sent, Reading(used, ('its "op" is compared (s.py:2)', 'its "n" has `.decode()` called (s.py:3)')))

    assert made.shape == Keyed(
        fields=(("op", STR), ("n", INT), ("rows", Sequence(kind="list", element=Row(items=(INT, INT)))))
    )
    assert made.because == ('its "op" is compared (s.py:2)',)


def test_a_dictionary_of_anything() -> None:
    """A dictionary of which only the kind is known has the keys that are read, if all of them are known."""
    anything = Mapping(key=SENT, value=SENT)

    assert Supplied(anything, Reading(OP)).shape == OP
    assert Supplied(anything, Reading(Mapping(key=STR, value=SENT))).shape == Mapping(key=STR, value=SENT)
    assert Supplied(Mapping(key=STR, value=INT), Reading(OP)).shape == Mapping(key=STR, value=INT)


def test_ways_that_say_nothing() -> None:
    """Where one way leaves it open it stays unknown."""
    made = Supplied(SENT, Reading(Either(shapes=(OP, Unknown(why="it is not looked at")))))

    assert made.shape == SENT
    assert made.because == ()


def test_a_contradiction_is_told() -> None:
    """What is seen to be sent and fits no use keeps its unknown sibling unknown, and the reason names both."""
    sent = Either(shapes=(INT, SENT))
    made = Supplied(sent, Reading(STR, ("it has `.encode()` called (s.py:9)",)))

    assert isinstance(made.shape, Either)
    assert made.shape.shapes[0] == INT
    [unknown] = unknowns(made.shape)
    assert "client.py:3" in unknown.why
    assert "contradicts" in unknown.why
    assert "s.py:9" in unknown.why
    assert made.because == ()


def test_what_is_known_beside_it() -> None:
    """An alternative that is known and fits stays, and the unknown one becomes what else is used."""
    made = Supplied(Either(shapes=(INT, SENT)), Reading(Either(shapes=(INT, STR)), ("it is tested (s.py:1)",)))

    assert made.shape == Either(shapes=(INT, STR))
