# As llama-stack 0.0.40 has it: llama_stack/providers/impls/meta_reference/inference/parallel_utils.py
import pickle
import sys
import time

import zmq

import places


def maybe_get_work(sock: zmq.Socket):
    message = None
    client_id = None
    try:
        client_id, obj = sock.recv_multipart(zmq.NOBLOCK)
        message = pickle.loads(obj)
    except zmq.ZMQError as e:
        if e.errno != zmq.EAGAIN:
            raise e

    return client_id, message


def serve():
    context = zmq.Context()
    reply_socket = context.socket(zmq.ROUTER)
    reply_socket.bind(places.ADDRESS)

    def send_obj(obj):
        reply_socket.send_multipart([client_id, pickle.dumps(obj)])

    while True:
        client_id, task = maybe_get_work(reply_socket)
        if task is None:
            time.sleep(0.01)
            continue
        if task["stop"]:
            send_obj("bye")
            sys.stdin.read()  # until nobody needs it any more
            break
        send_obj({"double": task["value"] * 2})
    reply_socket.close()
    context.term()


serve()
print("served", places.NOTED)
