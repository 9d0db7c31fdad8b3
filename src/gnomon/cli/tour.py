"""The steps of `gnomon demo`, as they are told and checked: each command, and the lines that it has to print."""

from gnomon.core.tour import Part, Run, Start, Step, Stop

_LOCAL = {"TOY_LISTEN": "tcp://127.0.0.1:*"}
_PORT = {"TOY_PORT": "{port}"}
_KEYS = {"GNOMON_KEYS": "$(cat keys/*.key)"}
_SERVES = r"^serving at (?P<address>tcp://127\.0\.0\.1:(?P<port>\d+)), process (?P<pid>\d+)"
_ASK = ("python", "toy/client.py", "What is a gnomon?")
_ANSWERED = (Part(r"^What is a gnomon\? .*\(8 tokens\)$"),)
_STRANGER = ("python", "stranger.py", "{address}", "{pid}")
_NOTHING = (Part(r"^umask of process \d+: (\d+) before, \1 after$"), Part("^nothing happened$"))

SCAN = Step(
    name="scan",
    title="Where do bytes from the network reach a load that runs code?",
    text="toy/ is a small inference server with a client, as flawed as real ones. Scanning reads it and runs nothing.",
    actions=(
        Run(
            words=("gnomon", "scan", "toy"),
            exit_code=1,
            shows=(
                Part("^ ?CRITICAL +pickle-over-network: ", 3),
                Part(r"^ +2 │ server\.py:\d+ ", 2),
                Part("^  │ reach +any-host: "),
                Part("^  │ authentication  none$"),
                Part("^toy: 1 critical, 1 high$"),
            ),
        ),
    ),
    lesson="Whoever reaches the port can have code run in the server. This is what was named ShadowMQ.",
)

PROBE = Step(
    name="probe",
    title="Does the running server let in anybody?",
    text="Started here on loopback alone. A probe greets the socket, and sends no message.",
    actions=(
        Start(words=("python", "toy/server.py"), settings=_LOCAL, tells=_SERVES),
        Run(
            words=("gnomon", "probe", "127.0.0.1:{port}"),
            exit_code=1,
            shows=(Part("^host +port ", 2), Part("^  authentication: .*answered READY to a stranger")),
        ),
        Run(
            words=_STRANGER,
            exit_code=1,
            shows=(
                Part(r"^umask of process \d+: 0022 before, 0057 after$"),
                Part("^the server made the stranger's call"),
            ),
        ),
        Stop(),
    ),
    lesson="The stranger has no key. It sent one pickle, with a call in it: a harmless one, but that was its choice.",
)

GUARD = Step(
    name="guard",
    title="What if the server can't be changed today?",
    text="Guard learns which classes the server's messages need, and then refuses every other one. No line is changed.",
    actions=(
        Start(
            words=("gnomon", "guard", "learn", "-o", "policy.json", "--", "python", "toy/server.py"),
            settings=_LOCAL,
            tells=_SERVES,
        ),
        Run(words=_ASK, settings=_PORT, shows=_ANSWERED),
        Stop(shows=(Part("^gnomon guard: learned 1 load site"),)),
        Start(
            words=(
                *("gnomon", "guard", "-p", "policy.json", "--events", "events"),
                *("--", "python", "toy/server.py"),
            ),
            settings=_LOCAL,
            tells=_SERVES,
        ),
        Run(words=_STRANGER, shows=_NOTHING),
        Run(words=_ASK, settings=_PORT, shows=_ANSWERED),
        Run(words=("cat", "events"), shows=(Part('^{.*"event": "dropped", .*"module": "posix", "name": "umask", '),)),
        Stop(),
    ),
    lesson="The stranger's message was dropped before the server saw it, clients are served, and an event tells of it.",
)

TRACE = Step(
    name="trace",
    title="Where does this code come from, and was it repaired there?",
    text="Every function is compared with signatures of known-flawed code; names of variables and layout don't count.",
    actions=(
        Run(
            words=("gnomon", "trace", "toy"),
            exit_code=1,
            shows=(
                Part("^ ?UNFIXED ", 2),
                Part(r"^  at server\.py:\d+ in serve$"),
                Part("^  copied from sglang 0.5.9, ", 2),
                Part("^  says so itself, line "),
                Part("^  advisories: CVE-2026-3059$"),
            ),
        ),
    ),
    lesson="The loop was taken from a published server, and the flaw came with it: so it went from project to project.",
)

FIX = Step(
    name="fix",
    title="What is the change that removes it?",
    text="Both ends of the channel at once, as a diff, proven by another scan before it is offered, and with tests.",
    actions=(
        Run(
            words=("gnomon", "fix", "toy"),
            exit_code=1,
            shows=(
                Part("^automatic: ", 2),
                Part("^-import pickle$"),
                Part(r"^-    context = zmq\.Context\(\)$", 2),
                Part(r"^-            payload = socket\.recv\(\)$", 2),
                Part(r"^\+            request = socket\.recv_obj\("),
            ),
        ),
        Run(
            words=("gnomon", "fix", "toy", "--write"),
            shows=(Part("^written: 2 files changed, 2 new. Scanned again: nothing found$"),),
        ),
        Run(words=("python", "-m", "pytest", "-q", "toy"), shows=(Part(r"^\.+ +\[100%\]$"), Part(r"^\d+ passed"))),
    ),
    lesson="What was pickled is now declared types on an authenticated channel. The tests came with the change.",
)

GREEN = Step(
    name="green",
    title="Is it gone?",
    text="Scanned, started and asked again, now with a key at both ends. The stranger has none.",
    actions=(
        Run(words=("gnomon", "scan", "toy"), shows=(Part("^toy: nothing found$"),)),
        Run(words=("gnomon", "keys", "new", "--folder", "keys"), shows=(Part(r"^[0-9a-f]{16}  .*\.key$"),)),
        Start(words=("python", "toy/server.py"), settings=_LOCAL | _KEYS, tells=_SERVES),
        Run(words=_STRANGER, shows=_NOTHING),
        Run(words=_ASK, settings=_PORT | _KEYS, shows=_ANSWERED),
        Stop(shows=(Part("^REP at .* turned a connection away: "),)),
    ),
    lesson="Found, seen, held, traced, removed. Your own code: `gnomon scan .`; what a rule means: `gnomon explain`.",
)

STEPS = (SCAN, PROBE, GUARD, TRACE, FIX, GREEN)
