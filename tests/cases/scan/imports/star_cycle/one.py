from two import *


def answer(data):
    return read_back(data)
