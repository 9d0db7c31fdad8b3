"""What authenticates a channel or a message, and whether it is effective: before the load, on by default, really enforced."""

from typing import TYPE_CHECKING

from gnomon.core.endpoint import Endpoint
from gnomon.scan.channels import Channels
from gnomon.scan.sinks import SinkSite
from gnomon.scan.values import Found, Outside

if TYPE_CHECKING:
    from gnomon.scan.evaluate import Evaluator


class Authentications:
    """Authentication of endpoints and messages."""

    def __init__(self, evaluator: "Evaluator", channels: Channels) -> None:
        self.evaluator = evaluator
        self.channels = channels

    def checked(self, endpoint: Endpoint, outside: Outside, site: SinkSite, found: Found) -> Endpoint:
        return endpoint
