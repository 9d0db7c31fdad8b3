"""Names of certificates, and which of them let somebody in."""

import pytest

from gnomon.wire.tls.identity import admitted, names, normal


def _certificate(*pairs):
    return {"subject": ((("commonName", "cn.example"),),), "subjectAltName": pairs}


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Host.Example.", "host.example"),
        ("::1", "::1"),
        ("[0:0:0:0:0:0:0:1]", "::1"),
        ("10.0.0.1", "10.0.0.1"),
        ("spiffe://Own.example/A", "spiffe://Own.example/A"),
    ],
)
def test_names_are_compared_in_one_form(written, compared):
    """Whichever way they were written."""
    assert normal(written) == compared


def test_alternative_names_count_and_nothing_else():
    """Neither the common name, nor mail addresses or empty names."""
    shown = names(
        _certificate(
            ("DNS", "B.example"),
            ("email", "a@b.example"),
            ("IP Address", "0:0:0:0:0:0:0:1\n"),
            ("DNS", ""),
            ("URI", "spiffe://own.example/a"),
            ("DirName", ((("commonName", "x"),),)),
        )
    )

    assert shown == ("spiffe://own.example/a", "b.example", "::1")
    assert names({"subject": ((("commonName", "cn.example"),),)}) == ()
    assert names({"subjectAltName": "none"}) == ()


def test_a_second_uri_beside_a_spiffe_id_takes_all_uris_away():
    """Such a certificate is not valid, so that nobody picks the ID that suits."""
    assert names(_certificate(("URI", "spiffe://a/b"), ("URI", "https://c"), ("DNS", "d"))) == ("d",)
    assert names(_certificate(("URI", "https://a"), ("URI", "https://c"))) == ("https://a", "https://c")


@pytest.mark.parametrize(
    ("allowed", "name"),
    [
        (("A.example",), "a.example"),
        (("b.example", "spiffe://own.example/a"), "spiffe://own.example/a"),
        (("*",), "spiffe://own.example/a"),
        (("example",), None),
        (("spiffe://own.example/",), None),
        (("spiffe://own.example/A",), None),
        ((), None),
    ],
)
def test_names_are_compared_in_full(allowed, name):
    """No part, no beginning, and no other case of a URI is enough."""
    assert admitted(("spiffe://own.example/a", "a.example"), allowed) == name


def test_nobody_comes_in_without_a_name():
    """Also where anybody may."""
    assert admitted((), ("*",)) is None


def test_a_wildcard_in_a_certificate_is_no_name_of_a_client():
    """It stands for servers; whoever has it is called so and not otherwise."""
    assert admitted(names(_certificate(("DNS", "*.example"))), ("a.example",)) is None
