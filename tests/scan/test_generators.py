"""What generators give and are given: followed through launchers, partials, objects that are called, and `send`."""

import pytest

from gnomon.core.shape import Either, Plain, Record, Unknown
from tests.scan.messages import sent

STR, INT = Plain("str"), Plain("int")
GIVEN = """
def work():
    task = "first"
    while True:
        send(task)
        task = yield

def main(number: int):
    worker = work()
    next(worker)
    {use}
    worker.close()
"""


@pytest.mark.parametrize(
    ("use", "shape"),
    [
        ("worker.send(number)", Either(shapes=(STR, INT))),
        ("worker.send([number][0] if number else None)", Either(shapes=(STR, INT, Plain("None")))),
        ("for _ in worker:\n        worker.send(number)", Either(shapes=(STR, INT, Plain("None")))),
        ("while number:\n        next(worker)", Either(shapes=(STR, Plain("None")))),
    ],
)
def test_a_yield_gives_what_is_sent_into_the_generator(use, shape):
    """All that its makers send, whether they also loop over it or close it."""
    assert sent(GIVEN.format(use=use)) == shape


@pytest.mark.parametrize("use", ["keep(worker)", "go_on = worker.send", "worker = other()"])
def test_a_generator_that_somebody_else_may_go_on_with_gives_what_is_not_known(use):
    """Nothing says what they send into it."""
    found = sent(GIVEN.format(use=use))

    assert isinstance(found, Either)
    (unknown,) = (each for each in found.shapes if isinstance(each, Unknown))
    assert "is sent into the generator" in unknown.why


def test_what_is_sent_is_followed_through_a_launcher_a_partial_and_an_object_that_is_called():
    """Workers that a launcher starts are given a function, whose object answers each task with a generator."""
    found = sent(
        """
        import multiprocessing
        from dataclasses import dataclass
        from functools import partial
        from torch.distributed.launcher.api import elastic_launch

        @dataclass
        class Token:
            number: int

        class Model:
            def generate(self):
                yield Token(1)

        class Runner:
            def __init__(self, model):
                self.model = model

            def __call__(self, task):
                return self.model.generate()

        def build(config):
            return Runner(Model())

        def requests(address):
            while True:
                out = yield address
                for token in out:
                    send(token)

        def work(address, builder):
            runner = builder()
            going_on = requests(address)
            result = None
            while True:
                task = going_on.send(result)
                result = runner(task)

        def launch(address, builder):
            elastic_launch(None, entrypoint=work)(address, builder)

        def start(config):
            multiprocessing.Process(target=launch, args=("tcp://*:1", partial(build, config))).start()
        """
    )

    assert isinstance(found, Record)
    assert (found.qualname, found.fields) == ("Token", (("number", INT),))
