"""Changes pyzmq's sockets: refused messages are dropped, connections get keys, addresses are narrowed."""
