import pickle


class Decoder:
    def decode(self, blob):
        return pickle.loads(blob)  # finding: pickle-over-network any-host critical
