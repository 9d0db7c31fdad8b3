import zmq

import places

context = zmq.Context()
pair = context.socket(zmq.PAIR)
pair.connect(places.ADDRESS)
pair.send_pyobj({"value": 8, "stop": True})
print(pair.recv_pyobj()["double"])
pair.close()
context.term()
