from two import *


def answer(data):
    return decode(data)
