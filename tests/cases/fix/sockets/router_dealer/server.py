import pickle
import sys

import zmq

import places

context = zmq.Context()
router = context.socket(zmq.ROUTER)
router.bind(places.ADDRESS)
while True:
    identity, frame = router.recv_multipart()
    request = pickle.loads(frame)
    if request["stop"]:
        router.send_multipart([identity, pickle.dumps("bye")])
        sys.stdin.read()  # until nobody needs it any more
        break
    answer = {"double": request["value"] * 2}
    router.send_multipart([identity, pickle.dumps(answer)])
print("served", places.NOTED)
router.close()
context.term()
