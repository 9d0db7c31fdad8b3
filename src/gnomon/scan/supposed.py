"""Objects that functions outside of the target are taken to make."""

import ast

from gnomon.core.model import EndpointModel
from gnomon.scan.values import Arguments, Frame, Instance


class Supposed(Instance):
    """A channel that a function makes which is not in the scanned tree, going by what it is given."""

    __slots__ = ("endpoint", "given", "made_with")

    def __init__(
        self,
        node: ast.Call,
        frame: Frame,
        *,
        type_: str,
        endpoint: EndpointModel,
        given: Arguments,
        made_with: list[ast.expr],
    ) -> None:
        super().__init__(type_, node, frame)
        self.endpoint = endpoint
        """What the call is as one that gives a channel its address; names the function."""
        self.given = given
        self.made_with = Arguments(node, made_with, {}, given.frame)
        """What the type's own constructor would be given, as far as that is known."""
