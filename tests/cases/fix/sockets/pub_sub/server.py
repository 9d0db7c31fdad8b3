import pickle

import zmq

import places

context = zmq.Context()
subscriber = context.socket(zmq.SUB)
subscriber.setsockopt(zmq.SUBSCRIBE, b"load")
subscriber.bind(places.ADDRESS)
values = set()
while len(values - {0}) < 3:
    topic, frame = subscriber.recv_multipart()
    values.add(pickle.loads(frame)["value"])
    assert topic == b"load"
print("heard", sorted(values - {0}), places.NOTED)
subscriber.close()
context.term()
