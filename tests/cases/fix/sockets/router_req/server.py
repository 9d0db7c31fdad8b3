import pickle
import sys

import zmq

import places

context = zmq.Context()
router = context.socket(zmq.ROUTER)
router.bind(places.ADDRESS)
while True:
    identity, empty, frame = router.recv_multipart(copy=True)
    assert empty == b""
    request = pickle.loads(frame)
    if request["stop"]:
        router.send_multipart([identity, b"", pickle.dumps("bye")])
        sys.stdin.read()  # until nobody needs it any more
        break
    router.send_multipart([identity, empty, pickle.dumps({"double": request["value"] * 2})])
print("served", places.NOTED)
router.close()
context.term()
