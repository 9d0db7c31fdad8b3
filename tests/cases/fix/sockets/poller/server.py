import zmq

import places

context = zmq.Context()
receiver = context.socket(zmq.PULL)
receiver.bind(places.ADDRESS)
poller = zmq.Poller()
poller.register(receiver, zmq.POLLIN)
total, stopped = 0, False
while not stopped:
    events = dict(poller.poll(1000))
    if receiver in events:
        while True:
            try:
                request = receiver.recv_pyobj(zmq.NOBLOCK)
            except zmq.ZMQError:
                break
            total += request["value"]
            stopped = stopped or request["stop"]
print("total", total, places.NOTED)
receiver.close()
context.term()
