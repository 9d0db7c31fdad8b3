import dill


def decode(blob):
    return dill.loads(blob)  # finding: pickle-over-network any-host critical sink=dill.loads
