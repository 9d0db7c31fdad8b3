import gzip

from app import codec


class Unpack:
    def run(self, message):
        body = gzip.decompress(message)
        return codec.decode(memoryview(body)[4:])
