import sys

import zmq

import places

context = zmq.Context()
pair = context.socket(zmq.PAIR)
pair.bind(places.ADDRESS)
while True:
    request = pair.recv_pyobj()
    pair.send_pyobj({"double": request["value"] * 2})
    if request["stop"]:
        sys.stdin.read()  # until nobody needs it any more
        break
print("served", places.NOTED)
pair.close()
context.term()
