"""Requests and answers over mutual TLS, between ends that trust certificates and share no key."""
