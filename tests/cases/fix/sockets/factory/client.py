import zmq

import places
from common import make_socket

context = zmq.Context(1)
sender = make_socket(context, places.ADDRESS, zmq.PUSH, bind=False)
for number in (1, 2, 3):
    sender.send_pyobj({"value": number, "stop": False})
sender.send_pyobj({"value": 0, "stop": True})
sender.close()
context.term()
print("sent")
