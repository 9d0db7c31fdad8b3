import os
import socket


def get_ip() -> str:
    host_ip = os.environ.get("NODE_HOST_IP")
    if host_ip:
        return host_ip
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        probe.connect(("8.8.8.8", 80))
        return probe.getsockname()[0]
    except OSError:
        return "127.0.0.1"
    finally:
        probe.close()
