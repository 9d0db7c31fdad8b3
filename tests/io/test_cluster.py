"""Addresses of clusters, and what stands before the first connection; tests/fleet has real nodes."""

import sys

import pytest

from gnomon.core.errors import GnomonError, MissingExtra, TargetError, Unavailable
from gnomon.core.survey import Tools
from gnomon.io.cluster import Work, connect
from gnomon.io.cluster_node import Limits

WORK = Work(
    ready=bytes,
    tools=Tools(gnomon="1", knowledge="2", signatures="3", python="3.11"),
    limits=Limits(memory_bytes=0, patience_s=1),
)


@pytest.mark.parametrize(
    "address", ["", "host", "host:", ":8786", "tls://host", "host:http", "ws://host:1", "inproc://a:1"]
)
def test_what_is_no_address(address):
    """A host and a port, over TLS or in the open, and nothing else that Dask would take."""
    with pytest.raises(TargetError, match="is no address of a cluster"):
        connect(address, WORK)


def test_a_cluster_that_anybody_can_use_is_not_asked():
    """`tcp://` takes an option of its own."""
    with pytest.raises(TargetError, match=r"anybody who reaches tcp://127\.0\.0\.1:8786 can run code") as told:
        connect("tcp://127.0.0.1:8786", WORK)

    assert "--open-cluster" in told.value.remedy


def test_without_the_extra_the_command_is_told(monkeypatch):
    """What to install, once the address is one that would be asked."""
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(MissingExtra) as told:
        connect("tls://127.0.0.1:8786", WORK)

    assert told.value.remedy == "pip install 'gnomon[fleet]'"


def test_without_certificates_nobody_is_asked():
    """The settings are named that have none."""
    pytest.importorskip("distributed")
    config = pytest.importorskip("dask.config")
    none = {"distributed.comm.tls.ca-file": None, "distributed.comm.tls.client.cert": None}

    with config.set(none), pytest.raises(GnomonError, match=r"TLS__CA_FILE and DASK_.*TLS__CLIENT__CERT not set"):
        connect("127.0.0.1:8786", WORK)


def test_nobody_answers(silent_port):
    """Told within the time that was given."""
    pytest.importorskip("distributed")

    with pytest.raises(Unavailable, match=r"no cluster answers at tcp://127\.0\.0\.1:\d+ within 0\.5 s"):
        connect(f"tcp://127.0.0.1:{silent_port}", WORK, open_to_all=True, connect_s=0.5)


@pytest.fixture
def silent_port():
    """A port that is bound, and on which nobody listens."""
    import socket

    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]
