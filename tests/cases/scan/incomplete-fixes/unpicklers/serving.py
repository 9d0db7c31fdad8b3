import zmq

from restricted import after_all, by_builtin, by_length, by_pattern, by_word, exact


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8621")
    while True:
        yield by_pattern(sock.recv())
        yield by_word(sock.recv())
        yield by_length(sock.recv())
        yield after_all(sock.recv())
        yield by_builtin(sock.recv())
        yield exact(sock.recv())
