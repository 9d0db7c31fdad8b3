"""Bytes that are hard to read as text: lying cookies, wide characters, marks, line ends, and what no eye can see."""

from collections.abc import Iterator

from tests.hostile.case import FLAWED, Case, written

_TEXT = FLAWED.decode()


def encodings() -> Iterator[Case]:
    """Every input that is hard to decode."""
    for name, files in (
        ("cookies", COOKIES),
        ("lying-cookies", LIES),
        ("wide-characters", WIDE),
        ("byte-order-marks", MARKS),
        ("line-ends", LINE_ENDS),
        ("null-bytes", NULLS),
        ("invalid-utf-8", INVALID),
        ("invisible-characters", INVISIBLE),
    ):
        named = {f"{file}.py": data for file, data in files.items()}
        yield Case(name=name, kind="bytes", make=written(named), flawed=tuple(named))


COOKIES = {
    "latin_1": b"# -*- coding: latin-1 -*-\nn = '\xe9'\n" + FLAWED,
    "second_line": b"#!/usr/bin/python\n# vim: set fileencoding=koi8-r :\nn = '\xe9'\n" + FLAWED,
    "shift_jis": b"# coding: shift_jis\nn = '\x83\x5c'\n" + FLAWED,  # its second byte is a backslash
    "utf_7": b"# coding: utf-7\n" + FLAWED,
    "utf_8_sig": b"# coding: utf-8-sig\n" + FLAWED,
    "unicode_escape": b"# coding: unicode_escape\n" + FLAWED,
}
LIES = {
    "unknown": b"# -*- coding: rot13x -*-\n" + FLAWED,
    "rot13": b"# coding: rot13\n" + FLAWED,
    "zlib": b"# coding: zlib\n" + FLAWED,
    "hex": b"# coding: hex\n" + FLAWED,
    "undefined": b"# coding: undefined\n" + FLAWED,
    "ascii_that_is_not": b"# coding: ascii\nn = '\xe9'\n" + FLAWED,
    "utf_16_that_is_not": b"# coding: utf-16\n" + FLAWED,
    "utf_8_that_is_not": b"# coding: utf-8\nn = '\xe9'\n" + FLAWED,
    "two": b"# coding: utf-8\n# coding: utf-16\n" + FLAWED,
    "long": b"# coding: " + b"a" * 1_000_000 + b"\n" + FLAWED,
    "path": b"# coding: ../../etc/passwd\n" + FLAWED,
    # these take quadratic time to decode
    "idna": b"# coding: idna\n" + FLAWED + b"#" + b"a" * 1_000_000 + b"\n",
    "punycode": b"# coding: punycode\n" + FLAWED + b"#-" + b"a" * 1_000_000,
    "punycode_broken": b"# coding: punycode\n" + FLAWED + b"#-\n",
}
WIDE = {
    "utf_16": _TEXT.encode("utf-16"),
    "utf_16_be": b"\xfe\xff" + _TEXT.encode("utf-16-be"),
    "utf_16_bare": _TEXT.encode("utf-16-le"),
    "utf_16_be_bare": _TEXT.encode("utf-16-be"),
    "utf_16_odd": _TEXT.encode("utf-16") + b"#",
    "utf_32": _TEXT.encode("utf-32"),
    "utf_32_be": b"\0\0\xfe\xff" + _TEXT.encode("utf-32-be"),
    "utf_32_bare": _TEXT.encode("utf-32-le"),
    "utf_32_be_bare": _TEXT.encode("utf-32-be"),
}
MARKS = {
    "one": b"\xef\xbb\xbf" + FLAWED,
    "two": b"\xef\xbb\xbf\xef\xbb\xbf" + FLAWED,
    "within": FLAWED + "x = 1\n\ufeffy = 2\n".encode(),
    "against_cookie": b"\xef\xbb\xbf# coding: latin-1\n" + FLAWED,
    "wrong": b"\xff\xfe" + FLAWED,
}
LINE_ENDS = {
    "crlf": FLAWED.replace(b"\n", b"\r\n"),
    "cr": FLAWED.replace(b"\n", b"\r"),
    "mixed": FLAWED.replace(b"\n", b"\r\n", 2),
    "lf_cr": FLAWED.replace(b"\n", b"\n\r"),
    "no_end": FLAWED.rstrip(),
    "form_feeds": FLAWED + b"\x0cx = 1\n\x0c\x0c  \ny = '\x0c'\n",
    "others": FLAWED + "x = '\x0b\x1c\x1d\x1e\x85\u2028\u2029'\n# \x0b \x85 \u2028\n".encode(),
    "tabs_and_spaces": FLAWED + b"if x:\n\ty = 1\n        z = 1\n  \tw = 1\n",
    "backslash_at_end": FLAWED + b"x = 1 \\",
}
NULLS = {
    "after": FLAWED + b"x = 1\0\n",
    "before": b"\0" + FLAWED,
    "in_a_string": FLAWED + b"x = 'a\0b'\n",
    "in_the_cookie": b"# coding: a\0b\n" + FLAWED,
    "everywhere": FLAWED.replace(b" ", b"\0 "),
    "many": FLAWED + b"\0" * 1_000_000,
}
INVALID = {
    "lead_bytes": FLAWED + b"# \xff\xfe\xfa\nname = '\xe9'\n",
    "surrogates": FLAWED + b"x = '\xed\xa0\x80'\n",
    "overlong": FLAWED + b"x = '\xc0\xaf \xe0\x80\xaf'\n",
    "cut": FLAWED + b"x = '\xf0\x9f\x92",
    "too_high": FLAWED + b"x = '\xf5\x80\x80\x80'\n",
}
INVISIBLE = {
    "bidi": FLAWED + "acc\u202eess = '\u2066 \u2069'\n# \u202e } if x {\n".encode(),
    "zero_width": FLAWED + "pick\u200ble = 1\nx = '\u200b\u200d\u2060'\n".encode(),
    "homoglyphs": FLAWED + "р\u0456ckle = s\nрickle.loads(s.recv())\n".encode(),
    "lookalikes": FLAWED + "import 𝗽𝗶𝗰𝗸𝗹𝗲\n𝗽𝗶𝗰𝗸𝗹𝗲.loads(s.recv())\n".encode(),
    "escapes": FLAWED + b"x = '\x1b[2J\x1b]0;title\x07'\n# \x1b]8;;http://x\x07\n",
    "escapes_in_the_load": FLAWED.replace(b"s.recv())", b"s.recv())  # \x1b[2J \xe2\x80\xae"),
    "workflow_commands": FLAWED + b"# ::error file=x::hi\n# ##vso[task.complete]\n",
    "markup": FLAWED + b"# <script>alert(1)</script> ]]> --> \n",
}
