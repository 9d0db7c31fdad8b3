"""What is no factory: it is given less, it is in the target, a model knows it, it is Python's own. Its name may tell."""

import builtins
import os
import pickle
import queue
import sched
import ssl

import torch
import zmq
import zmq.log.handlers
from toolbox.sockets import Pool, Session, open_socket, subscribed

from own import reader

ADDRESS = "tcp://*:5610"


def a_context_alone():
    pool = Pool(zmq.Context(), 4)
    return pool.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def an_address_alone():
    channel = subscribed(ADDRESS, zmq.SUB)
    return channel.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def neither_is_an_address():
    pool = Pool(zmq.Context(), os.environ["POOL_NAME"], "https://example.org/jobs")
    return pool.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def not_a_context_of_zeromq(context):
    for each in (context, Session(), queue.Queue(), ssl.create_default_context()):
        channel = open_socket(each, ADDRESS, zmq.PULL)
        yield channel.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def of_python():
    noted = sched.scheduler(zmq.Context(), ADDRESS)
    return noted.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def built_in():
    both = builtins.slice(zmq.Context(), ADDRESS), slice(zmq.Context(), ADDRESS)
    for each in both:
        yield each.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def of_the_target():
    source = reader(zmq.Context(), ADDRESS)
    return pickle.loads(source.recv())  # safe: pickle-over-network


def one_that_only_sends():
    socket = open_socket(zmq.Context(), ADDRESS, zmq.PUSH, bind=True)
    return socket.recv_pyobj()  # safe: pickle-over-network


def of_pyzmq():
    handler = zmq.log.handlers.PUBHandler(ADDRESS, zmq.Context())
    return handler.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def modelled_otherwise():
    done = torch.distributed.recv(zmq.Context(), ADDRESS)
    return done.recv_pyobj()  # finding: pickle-over-network unknown high role=unknown confidence=low


def modelled():
    socket = zmq.Socket(zmq.Context(), zmq.PULL)
    socket.bind(ADDRESS)
    return pickle.loads(socket.recv())  # finding: pickle-over-network any-host critical role=bind confidence=high
