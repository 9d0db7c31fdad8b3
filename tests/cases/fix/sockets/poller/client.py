import pickle

import zmq

import places


def main():
    context = zmq.Context()
    socket = context.socket(zmq.PUSH)
    socket.connect(places.ADDRESS)
    for value in range(4):
        socket.send(pickle.dumps({"value": value, "stop": False}, protocol=pickle.HIGHEST_PROTOCOL))
    last = pickle.dumps({"value": 0, "stop": True})
    socket.send(last, copy=False)
    socket.close()
    context.term()
    print("sent")


main()
