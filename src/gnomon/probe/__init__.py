"""Which listening sockets speak ZeroMQ, with which mechanism, and whose they are: values in, findings out."""
