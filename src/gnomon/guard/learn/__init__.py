"""Writes down what loads ask for, and turns it into a policy that a person can judge."""
