"""The ports that are asked if the user names none: where ZeroMQ is known to listen by default."""

# Defaults, with a place that says so where there is one. What listens there is told by the answer, not by the port.
KNOWN: dict[str, tuple[int, ...]] = {
    "the guide's examples, and whoever began with them: https://zguide.zeromq.org": tuple(range(5550, 5571)),
    "Salt's publisher and request server: https://docs.saltproject.io/en/latest/ref/configuration/master.html": (
        4505,
        4506,
    ),
    "vLLM's key-value events and side channels: https://docs.vllm.ai/en/latest/configuration/env_vars.html": (
        5600,
        14579,
    ),
    "Ray's and torch's rendezvous, beside which servers take the next ports": tuple(range(29500, 29521)),
    "servers of the OpenAI interface at 30000, beside which they take the next ports": tuple(range(30000, 30011)),
    "bootstrap of disaggregated serving in SGLang and vLLM": (8998,),
    "Bluesky's run engine: https://blueskyproject.io/bluesky-queueserver/": (60615, 60625),
    "bitcoind's notifications: https://github.com/bitcoin/bitcoin/blob/master/doc/zmq.md": tuple(range(28332, 28337)),
    "ports that examples and servers count up from": (
        *range(6000, 6011),
        *range(7000, 7004),
        *range(9000, 9004),
        10000,
    ),
}
DEFAULT: tuple[int, ...] = tuple(sorted({port for ports in KNOWN.values() for port in ports}))
