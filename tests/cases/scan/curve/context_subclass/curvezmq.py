"""A wrapper around the context makes CURVE sockets; the server's needs a key folder, None turns it off."""

from typing import Optional, Union

import os
import zmq
import zmq.auth
from zmq.auth.thread import ThreadAuthenticator


class BaseContext:
    def __init__(self, cert_dir: Optional[Union[str, os.PathLike]]):
        self.cert_dir = cert_dir
        self._ctx = zmq.Context()

    @property
    def encrypted(self):
        return self.cert_dir is not None

    def socket(self, socket_type, *args, **kwargs) -> zmq.Socket:
        raise NotImplementedError


class ServerContext(BaseContext):
    def __init__(self, cert_dir: Optional[Union[str, os.PathLike]]):
        super().__init__(cert_dir)
        self.auth_thread = None
        if self.encrypted:
            self.auth_thread = ThreadAuthenticator(self._ctx)
            self.auth_thread.start()
            self.auth_thread.configure_curve(domain="*", location=str(self.cert_dir))

    def socket(self, socket_type, *args, **kwargs) -> zmq.Socket:
        sock = self._ctx.socket(socket_type, *args, **kwargs)
        if self.encrypted:
            public, secret = zmq.auth.load_certificate(os.path.join(self.cert_dir, "server.key_secret"))
            sock.setsockopt(zmq.CURVE_PUBLICKEY, public)
            sock.setsockopt(zmq.CURVE_SECRETKEY, secret)
            sock.setsockopt(zmq.CURVE_SERVER, True)
        return sock
