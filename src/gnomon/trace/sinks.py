"""The models' unsafe deserializers as normalised tokens."""

from collections.abc import Iterable, Iterator

from gnomon.core.model import Model

_TELLING_LENGTH = 8
"""A method's name of this many letters tells whose method it is."""


def sink_tokens(models: Iterable[Model]) -> frozenset[str]:
    """`pickle.loads`, `ForkingPickler.loads`, `.recv_pyobj`: as `normal` writes a call of each modelled sink."""
    apis = (api for model in models for sink in model.sink for api in sink.api)
    return frozenset(token for api in apis for token in _tokens(api))


def _tokens(api: str) -> Iterator[str]:
    outer, _, name = api.rpartition(".")
    owner = outer.rpartition(".")[2]
    if not owner[:1].isupper():
        yield f"{outer.partition('.')[0]}.{name}"
        return
    yield f"{owner}.{name}"
    if len(name) >= _TELLING_LENGTH:
        yield f".{name}"
