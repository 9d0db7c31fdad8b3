"""Tests of names that are none of an exact list: a pattern, a word within, a function's word; and one that is."""

import fnmatch
import io
import pickle

BAD_WORDS = ("system", "eval", "exec")
ALLOWED = frozenset({("collections", "OrderedDict")})


class ByPattern(pickle.Unpickler):
    def find_class(self, module, name):
        if not fnmatch.fnmatch(f"{module}.{name}", "ours.*"):
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class ByWord(pickle.Unpickler):
    def find_class(self, module, name):
        if any(word in name for word in BAD_WORDS):
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class ByLength(pickle.Unpickler):
    def find_class(self, module, name):
        if len(name) > 20:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class AfterAll(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        if module.startswith("ours."):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class ByBuiltin(pickle.Unpickler):
    def find_class(self, module, name):
        return __builtins__[name]


class Exact(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name) in ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


def by_pattern(data):
    return ByPattern(io.BytesIO(data)).load()  # finding: pickle-over-network any-host critical incomplete=prefix


def by_word(data):
    return ByWord(io.BytesIO(data)).load()  # finding: pickle-over-network any-host critical incomplete=deny-list


def by_length(data):
    return ByLength(io.BytesIO(data)).load()  # finding: pickle-over-network any-host critical incomplete=no-exact-list


def after_all(data):
    return AfterAll(io.BytesIO(data)).load()  # finding: pickle-over-network any-host critical incomplete=prefix


def by_builtin(data):
    return ByBuiltin(io.BytesIO(data)).load()  # finding: pickle-over-network any-host critical incomplete=fall-through


def exact(data):
    return Exact(io.BytesIO(data)).load()  # safe: pickle-over-network
