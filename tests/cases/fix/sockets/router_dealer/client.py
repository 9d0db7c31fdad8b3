import pickle

import zmq

import places

context = zmq.Context()
dealer = context.socket(zmq.DEALER)
dealer.connect(places.ADDRESS)
answers = []
for value in (3, 5):
    dealer.send(pickle.dumps({"value": value, "stop": False}))
    answers.append(pickle.loads(dealer.recv_multipart()[0])["double"])
dealer.send_multipart([pickle.dumps({"value": 0, "stop": True})])
print(*answers, pickle.loads(dealer.recv()))
dealer.close()
context.term()
