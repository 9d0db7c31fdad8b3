"""`Messages` of gnomon.wire seals and checks bytes that go another way; its `loads` runs no code."""

from dataclasses import dataclass

from gnomon.wire import Codec, Messages


@dataclass
class Job:
    name: str


MESSAGES = Messages(codec=Codec(Job), channel="jobs")
dumps = MESSAGES.dumps
loads = MESSAGES.loads
