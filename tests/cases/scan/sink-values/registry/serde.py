"""A registry picks the codec by the message's own content type: the sender chooses pickle."""

import abc
import json
import pickle


class Serde(abc.ABC):
    media_type: str

    @abc.abstractmethod
    def deserialize(self, payload): ...


class JSONSerde(Serde):
    media_type = "application/json"

    def deserialize(self, payload):
        return json.loads(payload)  # safe: pickle-over-network


class PickleSerde(Serde):
    media_type = "application/vnd.service+pickle"

    def deserialize(self, payload):
        return pickle.loads(payload)  # finding: pickle-over-network configurable high source=http


class MultipartSerde(JSONSerde):
    media_type = "multipart/form-data"


ALL_SERDE = {serde.media_type: serde for serde in [JSONSerde, PickleSerde, MultipartSerde]}
