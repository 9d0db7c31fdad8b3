from pipes.pipe import Fixed, Pipe


def test_a_pipe_reads():
    assert Pipe("tcp://127.0.0.1:5001").read() == 1
    assert Fixed("tcp://127.0.0.1:5003").read() == 1
