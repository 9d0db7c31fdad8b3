import zmq

PORT = 5601


def open_socket():
    sock = zmq.Context.instance().socket(zmq.PULL)
    sock.bind("tcp://*:%s" % PORT)
    return sock
