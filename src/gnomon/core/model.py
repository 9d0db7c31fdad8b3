"""What a library model is: kinds attached to a library's APIs, as read from `knowledge/data/models/<library>.toml`.

API names are canonical dotted paths: a module attribute (`pickle.loads`), a declared type (`zmq.Socket`), or a method
or attribute of a declared type (`zmq.Socket.recv`). The engine resolves imports, aliases and subclasses to these names.

Selectors say which value of a call is meant:

    "0|data"      positional argument 0, or keyword `data`
    "|data"       keyword only                       "0"  position only
    "self"        the receiver of a method call
    "new:0|file"  the argument given when the receiver was constructed
    "return"      the value of the call
    "all"         every argument

and what is to be taken of that value (`…` is any of the above):

    "…[key]"      its entry under a constant key (`|config[allow_pickle]`)
    "….name"      its attribute, as assigned anywhere (`self.verify_mode`)
    "…>2|name"    the argument given to the call that made it (`1|credentials>2|require_client_auth`)
"""

from typing import Literal

from msgspec import Struct, field

from gnomon.core.endpoint import Authentication, Role, Transport
from gnomon.core.rule import Rule, SourceKind

Names = tuple[str, ...]


class Condition(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Holds if the selected argument is one of the listed values."""

    argument: str
    one_of: Names
    """Literals as Python writes them (`True`, `None`, `'ipc'`), canonical dotted names, `<absent>`, `<present>` (given,
    and not a literal `None`), `<computed>` (given, and not a literal: a key that is not written in the code) or
    `<outside>` (decided by data from outside the process)."""


class TypeModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of the library whose instances matter; calling it constructs one."""

    name: str
    aliases: Names = ()
    """Other import paths of the same class, or classes that behave alike (asyncio twins)."""
    bases: Names = ()
    """Declared types whose APIs it inherits."""
    channel: SourceKind | None = None
    """Set if an instance is a channel that bytes arrive on and endpoints belong to."""
    transport: Transport = "unknown"
    """Transport of a channel whose address does not name one."""
    reach_note: str = ""
    """For a channel without an address of its own (an HTTP application): who decides, in words."""
    role: Role = "unknown"
    """Role of a channel that needs no bind or connect call to have one."""


class Returns(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Calling, iterating, entering or reading these APIs gives an instance of `type`."""

    api: Names
    type: str
    item: int | None = None
    """Set if the value is a tuple and only this item has the type (`socket.accept()` gives `(conn, address)`)."""
    channel: str = ""
    """Selector of the channel that the new one belongs to (`accept` belongs to its listening socket)."""


class SourceModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These calls or attributes hand over bytes from outside the process."""

    api: Names
    kind: SourceKind
    gives: str = "return"
    """Selector of what is filled: "return", or the argument written to (`recv_into`)."""
    channel: str = "self"
    """Selector of the channel read from; "" if there is none."""
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    """A channel for which one of these is sure hands over nothing an attacker sends (a socket type that only sends)."""


class SinkModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These calls run code named by their input."""

    api: Names
    input: str = "0"
    """Selector of the bytes or file; "" if the call itself receives them (then `receives` is set)."""
    kind: str = "code-execution"
    receives: SourceKind | None = None
    """Set if the call itself reads the channel "self" (`recv_pyobj`)."""
    role: Role = "unknown"
    """Role that the call itself gives that channel, whose address it was made with."""
    when: tuple[Condition, ...] = ()
    """All must hold."""
    unless: tuple[Condition, ...] = ()
    """None may hold."""
    takes_path: bool = False
    """True if the input may also be a path: then it is a file unless the walk finds data soon."""
    switch: str = ""
    """Selector of the argument that decides whether the call runs code (`|weights_only`)."""
    inverse: Names = ()
    """APIs whose output is harmless here (`pickle.dumps`): a round trip in one process."""


class Propagator(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These calls hand their input on."""

    api: Names
    input: str = "0"
    output: str = "return"
    """"return", "self" (`write`, `append`), or an argument selector."""


class EndpointModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These calls give a channel its address."""

    api: Names
    role: Role
    channel: str = "self"
    """"self", "return" (a constructor or factory), or an argument selector."""
    address: str = ""
    """Selector of a whole address: a URL (`tcp://*:5555`), `host:port`, a `(host, port)` tuple or a path."""
    host: str = ""
    """Selector of the host alone, instead of `address`."""
    default: str = ""
    """Address or host used when the argument is absent or None."""
    empty_is_wildcard: bool = True
    """An empty host means every interface."""
    transport: Transport = "unknown"
    """Used when the address names none."""
    unless: tuple[Condition, ...] = ()
    handler: str = ""
    """Selector of a class or function that serves this endpoint (socketserver, asyncio)."""


class HandlerModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Functions the library calls with data from outside."""

    decorator: Names = ()
    """Decorating a function with these calls registers it."""
    register: Names = ()
    """Passing a function to these calls registers it; `function` selects it."""
    function: str = "0"
    base: Names = ()
    """Methods of subclasses of these classes are handlers (a trailing `*` or leading `*` matches any text)."""
    methods: Names = ()
    """With `base`: which methods; empty means all public ones."""
    kind: SourceKind
    parameters: Names = ()
    """Which parameters carry outside data: positions without self (`"0"`), names, or `"all"`."""
    types: dict[str, str] = field(default_factory=dict)
    """Parameter position (without self) or `self.<attribute>` -> declared type."""
    channel: str = ""
    """Declared type standing for the server, for `reach_note` and `transport`."""
    exclude_annotations: Names = ()
    """Parameters annotated with these are injected by the framework, not by the client."""


class AnnotationModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Parameters annotated with these classes hold outside data, or are instances of a declared type."""

    annotation: Names
    type: str


class Hook(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A function given to the library is called back with a piece of the data."""

    api: Names
    """The call that takes the function."""
    function: str
    """Selector of the function, such as `|ext_hook`."""
    parameter: int
    """Position (without self) of the parameter that gets the data."""
    data: str
    """Selector on the same call, or `method:decode:0|buf` for a method of the constructed object."""


class Apply(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A call that calls its argument: `executor.submit(f, *args)`."""

    api: Names
    function: str
    first_argument: int
    """Position of the argument that becomes argument 0."""
    result: Literal["return", "callable"] = "return"
    """"callable" if the call only makes a callable of the function (`functools.partial`)."""


class AuthenticationModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Setting these on a channel, or making a channel through these, authenticates it."""

    kind: Authentication
    attribute: Names = ()
    """Assigning a true value to `zmq.Socket.curve_server`."""
    api: Names = ()
    """Calling these with the channel as `channel`."""
    type: Names = ()
    """Every channel of these types has it, also one that was not seen made (a parameter with that annotation)."""
    channel: str = "self"
    key: str = ""
    """Selector of the key, looked up to find one that is written in the code."""
    always: bool = False
    """Without a key it is on too, with one that is made up: leaving it out is no flaw."""
    when: tuple[Condition, ...] = ()
    requires: Names = ()
    """Canonical names of which one must also appear in the project for the authentication to be enforced
    (a CURVE server without a key list lets in anyone who knows its public key); else it is not effective."""
    defeated_by: Names = ()
    """Canonical names whose appearance in the project lets everybody in again."""


class Verification(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These calls check a message's authenticity."""

    api: Names
    kind: Authentication
    key: str = ""
    """Selector of the key, looked up to find hard-coded ones."""
    fails_by: str = "returning-false"
    """"returning-false" or "raising"."""


class Digest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """These calls make a digest that anybody can make who has the data: it authenticates nothing."""

    api: Names
    key: str = ""
    """Selector of what makes it one that needs a secret; "" if nothing does."""


class Proxy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages entering at one end leave at the other: the ends share their reach."""

    api: Names
    ends: Names
    """Selectors of the channels."""
    data: str = ""
    """Selector of data that the call sends on: the channel it came out of is the other end."""
    copies: Names = ()
    """Selectors of channels that get a copy of what passes."""


class AddressModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a call or attribute contributes to an address."""

    api: Names
    value: str
    """A literal (`127.0.0.1`, `ipc://`), or one of `<own-address>`, `<configured>`, `<path>`, `<random>`,
    `<bound-address>` (the receiver's own bound address)."""
    default: str = ""
    """Selector of the fallback (`os.environ.get(name, fallback)`)."""


ESCAPE_HATCH = "escape-hatch"
"""The sink kind of every `[[hatch]]`, for rules to join."""


class HatchModel(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An environment variable that switches unsafe deserialization on; looked for in deployment files."""

    variable: str
    on: Names
    """The values that switch it on, in lower case."""
    source: SourceKind
    """Where the bytes come from that are then deserialized."""
    effect: str
    """What happens when it is on: a clause that ends a sentence, without a full stop."""
    link: str
    """Upstream page or released line that proves it."""


class Model(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One library."""

    library: str
    modules: Names
    """Import roots; a file that names none of them can't use the library."""
    link: str
    """Upstream page that proves the model."""
    type: tuple[TypeModel, ...] = ()
    returns: tuple[Returns, ...] = ()
    source: tuple[SourceModel, ...] = ()
    sink: tuple[SinkModel, ...] = ()
    propagator: tuple[Propagator, ...] = ()
    endpoint: tuple[EndpointModel, ...] = ()
    handler: tuple[HandlerModel, ...] = ()
    annotation: tuple[AnnotationModel, ...] = ()
    hook: tuple[Hook, ...] = ()
    apply: tuple[Apply, ...] = ()
    authentication: tuple[AuthenticationModel, ...] = ()
    verification: tuple[Verification, ...] = ()
    digest: tuple[Digest, ...] = ()
    proxy: tuple[Proxy, ...] = ()
    address: tuple[AddressModel, ...] = ()
    hatch: tuple[HatchModel, ...] = ()


class Knowledge(Struct, frozen=True, kw_only=True):
    """All rules and models of one run."""

    rules: tuple[Rule, ...]
    models: tuple[Model, ...]
    version: str
    """`sha256:` of the data, first 12 hexadecimal digits."""
