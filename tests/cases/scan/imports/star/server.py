from compat import *


def serve():
    sock = open_socket(9002)
    while True:
        yield loads(sock.recv())  # finding: pickle-over-network any-host critical sink=pickle.loads
