import zmq

import places
from common import make_socket

context = zmq.Context(2)
receiver = make_socket(context, places.ADDRESS, zmq.PULL, True)
seen = []
while True:
    request = receiver.recv_pyobj()
    if request["stop"]:
        break
    seen.append(request["value"])
print("seen", [value for value in seen if value], places.NOTED)
context.destroy(linger=0)
