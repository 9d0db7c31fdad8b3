"""Grouping by number and time, and what becomes of a batch whose worker says nothing."""

from batches import Batches


def test_requests_wait_until_they_are_enough():
    """A batch is as large as allowed, and the rest waits for the next worker."""
    batches = Batches(most=2, wait_s=1_000)
    batches.ready("worker")
    batches.ask("a", [1])
    assert list(batches.due()) == []

    batches.ask("b", [2, 3])
    batches.ask("c", [4])
    [(worker, number, tokens)] = batches.due()

    assert (worker, tokens, batches.waiting) == ("worker", [[1], [2, 3]], 1)
    assert batches.done(number) == ["a", "b"]


def test_a_request_does_not_wait_for_others_for_ever():
    """After its time it goes alone; how long that is is told."""
    batches = Batches(most=2, wait_s=1_000)
    batches.ask("a", [1])
    batches.ready("worker")
    assert 1_000 < batches.wait_ms() <= 1_000_000

    batches.wait_s = 0
    assert [tokens for _, _, tokens in batches.due()] == [[[1]]]


def test_what_a_worker_did_not_do_is_given_to_another_one():
    """In the order in which it was asked; what the first one says later is nobody's answer."""
    batches = Batches(most=2, wait_s=0, patience_s=0)
    batches.ready("dead")
    for asker in "abc":
        batches.ask(asker, [ord(asker)])
    [(_, lost, _)] = batches.due()
    assert batches.wait_ms() == 0

    batches.ready("alive")
    [(worker, number, tokens)] = batches.due()

    assert (worker, tokens) == ("alive", [[97], [98]])
    assert batches.done(number) == ["a", "b"]
    assert batches.done(lost) == []
