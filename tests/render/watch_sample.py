"""One fixed report of a watch: a package with everything that can be told, one that is new, two that are silent."""

from msgspec.structs import replace

from gnomon.core.watch import Advised, Change, Compared, Flaw, News, Watched, WatchReport, Withdrawn
from gnomon.render.page import Style
from gnomon.render.watch_outcome import WatchOutcome

PIPE = Flaw(
    rule="pickle-over-network",
    severity="critical",
    path="pkg/pipe.py",
    line=41,
    qualname="Pipe.take",
    sink="pickle.loads",
    reach="any-host",
    authentication="none",
    transport="tcp",
    address="tcp://*:5557",
    message="`pickle.loads()` unpickles bytes from tcp://*:5557: any host can reach it, no authentication",
    fingerprint="0123456789abcdef0123456789abcdef",
    state="unfixed",
    signature="vllm-mooncake-pipe",
    advisories=("CVE-2025-32444",),
)
COPY = Flaw(
    rule="",
    severity="high",
    path="pkg/copy.py",
    line=7,
    qualname="Socket",
    sink="",
    message="a copy of max-zmq-pull-socket: 3 flawed statements are there",
)
LOCAL = replace(PIPE, severity="medium", reach="this-host", address="tcp://127.0.0.1:5557")
CHANGES = (
    Change(kind="reintroduced", flaw=PIPE, before=PIPE, since="0.9"),
    Change(kind="new", flaw=COPY),
    Change(kind="worse", how="widened", sure=False, note="this-host before, any-host now", flaw=PIPE, before=LOCAL),
    Change(kind="unseen", note="1.1 could not be read whole", flaw=LOCAL, before=LOCAL, since="1.0"),
    Change(kind="better", how="narrowed", note="any-host before, this-host now", flaw=LOCAL, before=PIPE, since="1.0"),
    Change(kind="fixed", how="removed", note="there is no such load any more", flaw=PIPE, before=PIPE, since="1.0"),
)
STANDING = (PIPE, COPY, LOCAL)
REPORT = WatchReport(
    number=12,
    packages=(
        Watched(
            name="pkg",
            newest="1.2",
            open=3,
            news=(
                News(
                    label="1.1",
                    date="2026-11-02",
                    problem="1 file could not be read: pkg/new.py: not Python 3.11",
                    compared=Compared(
                        label="1.1",
                        date="2026-11-02",
                        against="1.0",
                        whole=False,
                        changes=CHANGES,
                        advised=(Advised(advisory="CVE-2025-32444", before="affected", now="mitigated"),),
                        standing=STANDING,
                        unchanged=2,
                    ),
                ),
                News(label="1.2", compared=Compared(label="1.2", against="1.1", standing=STANDING, unchanged=3)),
                News(label="1.3", problem="pkg-1.3.tar.gz is larger than the limit of 1,000 MB for a download."),
            ),
            withdrawn=(Withdrawn(label="1.0", why="it does not start"),),
        ),
        Watched(
            name="fresh",
            begun=True,
            newest="2.0",
            open=1,
            news=(News(label="2.0", baseline=True, compared=Compared(label="2.0", standing=(PIPE,))),),
        ),
        Watched(name="quiet", newest="3.1", open=0),
        Watched(name="silent", problem="https://index.example/silent/: HTTP status 503"),
    ),
)
QUIET = WatchReport(number=13, packages=(Watched(name="quiet", newest="3.1", open=0),) * 3, delayed=True)


def outcome(report: WatchReport = REPORT, style: Style = Style()) -> WatchOutcome:  # noqa: B008 (frozen)
    """As a run has it."""
    return WatchOutcome(report=report, elapsed_s=12.34, tool_version="1.2.3", style=style)
