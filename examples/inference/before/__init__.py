"""The server as many are: pickles over plain ZeroMQ. Flawed, kept for comparison, and bound to loopback alone.

Whoever can connect to a port of its broker has their code run in it, and by its broker's messages in every worker.
Don't copy this one.
"""
