"""Typed, authenticated messages over ZeroMQ, in place of pickle."""
