import itertools
import pickle
import sys
import threading

import zmq

import places

done = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), done.set()), daemon=True).start()
context = zmq.Context()
publisher = context.socket(zmq.PUB)
publisher.connect(places.ADDRESS)
for number in itertools.count():
    publisher.send_multipart([b"load", pickle.dumps({"value": number % 3 + 1})])
    publisher.send_multipart([b"noise", pickle.dumps({"value": 99})])
    if done.wait(0.05):
        break
print("published")
publisher.close(0)
context.term()
