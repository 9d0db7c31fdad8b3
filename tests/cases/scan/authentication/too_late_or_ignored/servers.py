"""After the load, by assert, with an ignored result, on another message, failing without leaving: no authentication."""

import hmac
import logging
import pickle

import zmq

log = logging.getLogger(__name__)


class Inbox:
    def __init__(self, key: bytes):
        self.key = key
        self.sock = zmq.Context.instance().socket(zmq.PULL)
        self.sock.bind("tcp://*:8401")

    def after_the_load(self):
        tag, body = self.sock.recv_multipart()
        message = pickle.loads(body)  # finding: pickle-over-network any-host critical
        if not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            raise ValueError("bad signature")
        return message

    def by_assert(self):
        tag, body = self.sock.recv_multipart()
        assert hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256"))
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def result_ignored(self):
        tag, body = self.sock.recv_multipart()
        hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256"))
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def only_logged(self):
        tag, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            log.warning("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def another_message(self):
        tag, header, body = self.sock.recv_multipart()
        if not hmac.compare_digest(tag, hmac.digest(self.key, header, "sha256")):
            raise ValueError("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def wrong_branch(self):
        tag, body = self.sock.recv_multipart()
        if hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
            log.info("verified")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical

    def swallowed(self):
        tag, body = self.sock.recv_multipart()
        try:
            if not hmac.compare_digest(tag, hmac.digest(self.key, body, "sha256")):
                raise ValueError("bad signature")
        except ValueError:
            log.warning("bad signature")
        return pickle.loads(body)  # finding: pickle-over-network any-host critical
