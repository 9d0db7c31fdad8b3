"""Parsed options travel through functions and files; a literal caller among them is an alternative."""

import argparse

from serve import Server, run


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bind-address", dest="address", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9200)
    run(parser.parse_args())


def demo():
    return Server("127.0.0.1", 9201)
