"""A wrong rule or model: the error names the file and the field, and what to do."""

import pytest

from gnomon.core.errors import KnowledgeError
from gnomon.knowledge.build import build
from gnomon.knowledge.load import load

HATCH = '[[hatch]]\nvariable = "{}"\non = [{}]\nsource = "http"\neffect = "{}"\nlink = "https://acme.example"'
HEAD = 'library = "acme"\nmodules = ["acme"]\nlink = "https://acme.example"\n'
TYPE = '[[type]]\nname = "acme.Client"\n'
RULE = """\
id = "odd-thing"
title = "An odd thing"
default = true
sources = ["http"]
sinks = ["code-execution"]
remedy = "Mend it."
what = "A."
why = "B."
fix = "C."
detection = "D."
blind_spots = "E."
"""

WRONG_MODELS = {
    "not TOML": (HEAD + "[[type]", "not TOML in UTF-8: Expected ']]'", None),
    "not UTF-8": (HEAD + '# "\udcff"', "not TOML in UTF-8: 'utf-8' codec", None),
    "unknown table": (HEAD + "[[sinks]]", "unknown field `sinks`", None),
    "unknown field": (HEAD + '[[sink]]\napi = ["acme.load"]\nx = 1', "unknown field `x`", "$.sink[0]"),
    "missing field": ('library = "acme"\nmodules = []', "missing required field `link`", None),
    "wrong type": (HEAD + '[[sink]]\napi = "acme.load"', "Expected `array`, got `str`", "$.sink[0].api"),
    "wrong kind": (
        HEAD + '[[source]]\napi = ["acme.read"]\nkind = "smoke"',
        "Invalid enum value 'smoke'",
        "$.source[0].kind",
    ),
    "other name": (HEAD.replace("acme", "other", 1), "`other` is not the file's name `acme`", "$.library"),
    "no link": (HEAD.replace("https://acme.example", ""), "is empty", "$.link"),
    "plain link": (HEAD.replace("https:", "http:"), "is not an https link", "$.link"),
    "no api": (HEAD + "[[sink]]\napi = []", "is empty", "$.sink[0].api"),
    "api not dotted": (
        HEAD + '[[sink]]\napi = ["acme.load()"]',
        "`acme.load()` is not a dotted name",
        "$.sink[0].api[0]",
    ),
    "bad selector": (HEAD + '[[sink]]\napi = ["acme.load"]\ninput = "first"', "is not a selector", "$.sink[0].input"),
    "no input": (HEAD + '[[sink]]\napi = ["acme.load"]\ninput = ""', "receives nothing", "$.sink[0].input"),
    "two inputs": (HEAD + '[[sink]]\napi = ["acme.load"]\nreceives = "zmq"', "itself receives", "$.sink[0].input"),
    "odd variable": (HEAD + HATCH.format("acme.allow", '"1"', "A"), "is not the name of", "$.hatch[0].variable"),
    "hatch never on": (HEAD + HATCH.format("ACME_ALLOW", "", "A"), "is empty", "$.hatch[0].on"),
    "hatch on in capitals": (HEAD + HATCH.format("ACME_ALLOW", '"True"', "A"), "lower case", "$.hatch[0].on[0]"),
    "hatch without effect": (HEAD + HATCH.format("ACME_ALLOW", '"1"', ""), "is empty", "$.hatch[0].effect"),
    "undeclared type": (
        HEAD + '[[returns]]\napi = ["acme.new"]\ntype = "acme.Client"',
        "declared as a type",
        "$.returns[0].type",
    ),
    "undeclared base": (HEAD + TYPE + 'bases = ["acme.Base"]', "declared as a type", "$.type[0].bases[0]"),
    "undeclared annotation": (
        HEAD + '[[annotation]]\nannotation = ["acme.Client"]\ntype = "acme.Client"',
        "declared as a type",
        "$.annotation[0].type",
    ),
    "undeclared handler type": (
        HEAD + '[[handler]]\nkind = "http"\nbase = ["acme.Handler"]\ntypes = { "0" = "acme.Client" }',
        "declared as a type",
        "$.handler[0].types.0",
    ),
    "undeclared handler channel": (
        HEAD + '[[handler]]\nkind = "http"\nbase = ["acme.Handler"]\nchannel = "acme.Server"',
        "declared as a type",
        "$.handler[0].channel",
    ),
    "idle handler": (HEAD + '[[handler]]\nkind = "http"', "no decorator or register", "$.handler[0].base"),
    "type twice": (HEAD + TYPE + TYPE, "`acme.Client` is declared in", "$.type[1]"),
    "alias of another": (
        HEAD + TYPE + 'aliases = ["zmq.Socket"]',
        "declared in models/pyzmq.toml already",
        "$.type[0]",
    ),
    "api by alias": (
        HEAD + '[[source]]\napi = ["zmq.asyncio.Socket.peek"]\nkind = "zmq"',
        "write `zmq.Socket.peek`",
        "$.source[0].api[0]",
    ),
    "empty condition": (
        HEAD + '[[sink]]\napi = ["acme.load"]\nwhen = [{ argument = "|unsafe", one_of = [] }]',
        "is empty",
        "$.sink[0].when[0].one_of",
    ),
    "bad condition": (
        HEAD + '[[sink]]\napi = ["acme.load"]\nunless = [{ argument = "safe", one_of = ["True"] }]',
        "is not a selector",
        "$.sink[0].unless[0].argument",
    ),
    "endpoint without address": (
        HEAD + '[[endpoint]]\napi = ["acme.listen"]\nrole = "bind"',
        "no host or default",
        "$.endpoint[0].address",
    ),
    "authentication of nothing": (
        HEAD + '[[authentication]]\nkind = "curve"',
        "no attribute",
        "$.authentication[0].api",
    ),
    "odd failure": (
        HEAD + '[[verification]]\napi = ["acme.verify"]\nkind = "hmac"\nfails_by = "luck"',
        "`luck` is not",
        "$.verification[0].fails_by",
    ),
    "odd address": (
        HEAD + '[[address]]\napi = ["acme.host"]\nvalue = "<moon>"',
        "`<moon>` is none of",
        "$.address[0].value",
    ),
}

WRONG_RULES = {
    "other name": (RULE.replace("odd-thing", "even-thing"), "`even-thing` is not the file's name `odd-thing`", "$.id"),
    "unknown field": (RULE + 'fixes = "F."', "unknown field `fixes`", None),
    "no remedy": (RULE.replace("Mend it.", ""), "is empty", "$.remedy"),
    "blank words": (RULE.replace('why = "B."', 'why = " "'), "is empty", "$.why"),
    "no sources": (RULE.replace('["http"]', "[]"), "is empty", "$.sources"),
    "unknown source": (RULE.replace('["http"]', '["smoke"]'), "Invalid enum value 'smoke'", "$.sources[0]"),
    "unknown sink": (
        RULE.replace("code-execution", "smoke"),
        "`smoke` is the kind of no sink in any model",
        "$.sinks[0]",
    ),
    "bad severity": (RULE + 'severity = "sever"', "Invalid enum value 'sever'", "$.severity"),
    "case without link": (RULE + '[[cases]]\ntitle = "T"\nlink = ""', "is empty", "$.cases[0].link"),
    "case with a plain link": (
        RULE + '[[cases]]\ntitle = "T"\nlink = "ftp://x"',
        "not an https link",
        "$.cases[0].link",
    ),
}


@pytest.mark.parametrize(("text", "problem", "field"), WRONG_MODELS.values(), ids=WRONG_MODELS)
def test_a_wrong_model_is_named(folder, tmp_path, text, problem, field):
    """Each mistake in a model gives an error with the file, the field, and a remedy."""
    place = folder(**{"models/acme": ""})
    (place / "models" / "acme.toml").write_bytes(text.encode("utf-8", "surrogateescape"))

    error = _error(place)

    assert error.problem.startswith(f"{place}/models/acme.toml: ")
    assert problem in error.problem
    assert field is None or f"`{field}`" in error.problem
    assert "gnomon/core/model.py" in error.remedy


@pytest.mark.parametrize(("text", "problem", "field"), WRONG_RULES.values(), ids=WRONG_RULES)
def test_a_wrong_rule_is_named(folder, text, problem, field):
    """Each mistake in a rule gives an error with the file, the field, and a remedy."""
    place = folder(**{"rules/odd-thing": text})

    error = _error(place)

    assert error.problem.startswith(f"{place}/rules/odd-thing.toml: ")
    assert problem in error.problem
    assert field is None or f"`{field}`" in error.problem
    assert "gnomon/core/rule.py" in error.remedy


def test_what_comes_with_gnomon_is_named_without_a_folder():
    """The name of a file that comes with gnomon is short; those of other folders are paths."""
    with pytest.raises(KnowledgeError) as caught:
        build([("models/pyzmq.toml", HEAD.encode())], version="")

    assert caught.value.problem == "models/pyzmq.toml: `acme` is not the file's name `pyzmq` - at `$.library`"


@pytest.mark.parametrize(
    "selector",
    [
        "0",
        "12",
        "0|data",
        "|data",
        "self",
        "return",
        "all",
        "new:0|file",
        "new:|typ",
        "method:decode:0|buf",
        "0[bootstrap.servers]",
        "9|config[allow_pickle]",
        "self.verify_mode",
        "|ssl.verify_mode",
        "1|credentials>2|strict",
    ],
)
def test_selectors_that_parse(folder, selector):
    """All forms of the format's description are accepted."""
    known = load([folder(**{"models/acme": HEAD + f'[[propagator]]\napi = ["acme.load"]\ninput = "{selector}"'})])

    assert known.models[-1].propagator[0].input == selector


@pytest.mark.parametrize(
    "selector",
    ["data", "0|", "|", "-1", "0|a-b", "0 |data", "selfish", "new:", "new:self", "method:decode", "0[]", "self.", "0>"],
)
def test_selectors_that_do_not_parse(folder, selector):
    """Anything else is a mistake in the file, not a selector that never matches."""
    place = folder(**{"models/acme": HEAD + f'[[propagator]]\napi = ["acme.load"]\ninput = "{selector}"'})

    assert f"`{selector}` is not a selector" in _error(place).problem


def test_names_may_be_patterns_where_code_is_generated(folder):
    """An alias may stand for many generated classes, an API for all methods of a type."""
    entry = '[[source]]\napi = ["acme.Stub.*"]\nkind = "rpc"\n'
    place = folder(**{"models/acme": HEAD + '[[type]]\nname = "acme.Stub"\naliases = ["*_acme.*Stub"]\n' + entry})

    assert load([place]).models[-1].source[0].api == ("acme.Stub.*",)


def test_a_right_model_and_a_right_rule_load(folder):
    """What the mistakes above are made from is right."""
    place = folder(**{"models/acme": HEAD + TYPE, "rules/odd-thing": RULE})

    known = load([place])

    assert known.models[-1].library == "acme"
    assert known.rules[-1].id == "odd-thing"


def _error(place) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as caught:
        load([place])
    return caught.value
