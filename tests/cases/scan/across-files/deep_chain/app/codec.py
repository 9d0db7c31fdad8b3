from pickle import loads as _loads


def decode(view):
    return _loads(bytes(view))  # finding: pickle-over-network any-host critical receive=@ingest
