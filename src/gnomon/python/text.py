"""Bytes of a source file -> UTF-8 that the parser and the byte search agree on."""

import codecs
import io
import re
import tokenize
import unicodedata

_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_WIDE = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# PEP 3131: Python compares identifiers after NFKC, so `𝗽𝗶𝗰𝗸𝗹𝗲` is `pickle`. These are the UTF-8 lead bytes of the
# mathematical and full-width letters that normalise to ASCII, and then the letters, digits and underscores themselves:
# full-width punctuation, as Chinese and Japanese comments have it, is in no identifier.
_LOOKALIKE_LEADS = (b"\xf0\x9d", b"\xef\xbc", b"\xef\xbd")
_LOOKALIKES = re.compile("[\uff10-\uff19\uff21-\uff3a\uff3f\uff41-\uff5a\U0001d400-\U0001d7ff]")
# PEP 263: a coding cookie stands in a comment of the first two lines.
_COOKIE = re.compile(rb"^[^\n]*(?:\n[^\n]*)?coding[:=]")
# Plain character sets. Python takes any codec in a coding cookie, also ones that need quadratic time (punycode, idna)
# or that execute escapes; nobody writes source in those.
_CHARACTER_SETS = re.compile(
    r"utf-8(-sig)?|utf_8_sig|ascii|iso8859-\d+|latin-1|cp\d+|koi8-[rtu]|gb\w+|big5\w*|euc[_-]\w+|shift_?jis\w*|mac-\w+|hz|johab|tis-620"
)
_NOT_A_LINE_END = re.compile("[\x0c\x1c\x1d\x1e\x85\u2028\u2029\x0b]")


def searchable(data: bytes) -> bytes:
    r"""`data` as valid UTF-8 with `\n` line ends and plain identifiers, so that searches see what Python sees."""
    if data[:2] in _UTF16_MARKS or b"\0" in data:
        data = _without_nulls(data)
    data = data.removeprefix(codecs.BOM_UTF8)  # or the first line does not begin with its first word
    if b"\r" in data:
        data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    if data.isascii() and not _COOKIE.match(data):
        return data
    text = _decoded(data)
    if any(lead in data for lead in _LOOKALIKE_LEADS) and _LOOKALIKES.search(text):
        text = unicodedata.normalize("NFKC", text)
    return text.encode("utf-8", "replace")


def _without_nulls(data: bytes) -> bytes:
    """Wide characters as UTF-8. Python takes no NUL in source, but a file that has some is not passed over for it.

    Without their NULs, wide characters that have no mark are ASCII again.
    """
    if b"\0" not in data:
        return data[2:]  # a mark, and then no wide characters
    for mark, encoding in _WIDE:
        if data.startswith(mark):
            return data.decode(encoding, "replace").replace("\0", "").encode("utf-8", "replace")
    return data.replace(b"\0", b"")


def _decoded(data: bytes) -> str:
    """`data` as text: by its coding cookie, else UTF-8, else Latin-1; never fails."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        if _CHARACTER_SETS.fullmatch(codecs.lookup(encoding).name):
            return data.decode(encoding)
    except (SyntaxError, UnicodeError, LookupError):
        pass
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def single_line(text: str) -> str:
    """`text` without characters that other tools would take for a line end."""
    return _NOT_A_LINE_END.sub(" ", text)
