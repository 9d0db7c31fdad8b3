"""The kernel's tables of sockets."""

from gnomon.probe.sockets import Bound, asked_at, tcp, unix

TCP = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:15B3 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 9001 1 0 100 0 0 10 0
   1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 9002 1 0 100 0 0 10 0
   2: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 9003 1 0 20 4 30 10 -1
"""
TCP6 = """\
  sl  local_address                         remote_address                        st tx rx tr tm retrnsmt uid out inode
   0: 00000000000000000000000001000000:15B3 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 9004 1 0 100
   1: 0000000000000000FFFF00000100007F:15B4 00000000000000000000000000000000:0000 0A 0:0 00:0 0 0 0 9005 1 0 100
"""
UNIX = """\
Num       RefCount Protocol Flags    Type St Inode Path
0000000000000000: 00000002 00000000 00010000 0001 01 9006 /run/a socket
0000000000000000: 00000002 00000000 00010000 0001 01 9007 @abstract
0000000000000000: 00000003 00000000 00000000 0001 03 9008 /run/connected
0000000000000000: 00000002 00000000 00000000 0002 01 9009 /run/datagrams
0000000000000000: 00000002 00000000 00010000 0001 01 9010
"""


def test_listening_sockets_of_tcp():
    """Those that listen, with numbers read as the kernel writes them."""
    assert list(tcp(TCP)) == [
        Bound(inode="9001", address="0.0.0.0", port=5555),
        Bound(inode="9002", address="127.0.0.1", port=8080),
    ]
    assert list(tcp(TCP6)) == [
        Bound(inode="9004", address="::1", port=5555),
        Bound(inode="9005", address="127.0.0.1", port=5556),
    ]


def test_listening_unix_sockets():
    """Streams with a name, which may have blanks."""
    assert list(unix(UNIX)) == [Bound(inode="9006", path="/run/a socket"), Bound(inode="9007", path="@abstract")]


def test_a_name_with_a_line_end_forges_nothing_that_breaks():
    """Lines that are none are left out, whatever they hold."""
    row = "0000000000000000: 00000002 00000000 00010000 0001 01 9006 /run/a\n"
    table = UNIX + row + "x: y z zz 0001 01 1 /run/forged\n0001 0001 0001 zzzz 0001 01 9 /x\n"

    assert [bound.path for bound in unix(table)] == ["/run/a socket", "@abstract", "/run/a"]


def test_where_to_ask_a_socket_on_all_addresses():
    """Loopback reaches it."""
    assert [asked_at(address) for address in ("0.0.0.0", "::", "10.0.0.1")] == ["127.0.0.1", "::1", "10.0.0.1"]
