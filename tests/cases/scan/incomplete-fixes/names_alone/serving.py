import io

import zmq

from restricted import (
    AnyCase,
    AnyCaseOfThem,
    ByCases,
    ByModule,
    ChosenList,
    ChosenListOrAny,
    EitherWay,
    FirstPart,
    FirstPartAlone,
    FirstPartKept,
    Joined,
    ListOfAnyModule,
    ListOfTheModuleItself,
    NameAlone,
    NameRefused,
    OfEachModule,
    OfOneModule,
    OneOrNothing,
    Package,
    Renamed,
    TwoNames,
)


def serve(ctx: zmq.Context):
    sock = ctx.socket(zmq.PULL)
    sock.bind("tcp://*:8623")
    while True:
        yield NameAlone(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield NameRefused(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield EitherWay(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield ListOfAnyModule(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield ListOfTheModuleItself(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield FirstPart(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=prefix
        yield FirstPartKept(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=prefix
        yield Package(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=prefix
        yield AnyCase(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield ChosenListOrAny(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield AnyCaseOfThem(io.BytesIO(sock.recv())).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list
        yield ByModule(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield OfEachModule(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield Joined(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield OfOneModule(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield FirstPartAlone(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield Renamed(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield TwoNames(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield ChosenList(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield ByCases(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
        yield OneOrNothing(io.BytesIO(sock.recv())).load()  # safe: pickle-over-network
