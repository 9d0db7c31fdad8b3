"""The handler passes a request model down; an agent in another file decodes a field in a nested function."""

import base64
from multiprocessing.reduction import ForkingPickler


class ModelAgent:
    def update_params(self, request):
        def _deserialize(payload):
            if isinstance(payload, str):
                return ForkingPickler.loads(base64.b64decode(payload))  # finding: pickle-over-network configurable high source=http
            return payload

        weights = request.serialized_named_tensors
        return _deserialize(weights)
