"""A list of names without their modules, or of beginnings of names, lets in others; the pair as it is does not."""

import builtins
import importlib
import pickle

NAMES = frozenset({"OrderedDict", "set"})
PAIRS = {("collections", "OrderedDict"), ("builtins", "set")}
BY_MODULE = {"collections": {"OrderedDict"}, "builtins": {"set"}}
FULL = {"collections.OrderedDict", "builtins.set"}


class NameAlone(pickle.Unpickler):
    def find_class(self, module, name):
        if name in NAMES:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class NameRefused(pickle.Unpickler):
    def find_class(self, module, name):
        if name not in NAMES:
            raise pickle.UnpicklingError(name)
        found = importlib.import_module(module)
        return getattr(found, name)


class EitherWay(pickle.Unpickler):
    def find_class(self, module, name):
        if (module == "builtins" and name in NAMES) or name == "Tensor":
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class ListOfAnyModule(pickle.Unpickler):
    def find_class(self, module, name):
        if name in BY_MODULE.get(module, NAMES):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class ListOfTheModuleItself(pickle.Unpickler):
    def find_class(self, module, name):
        if name in importlib.import_module(module).__all__:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class FirstPart(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name.split(".")[0]) in PAIRS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class FirstPartKept(pickle.Unpickler):
    def find_class(self, module, name):
        first, _, _ = name.partition(".")
        key = f"{module}.{first}"
        if key not in FULL:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class Package(pickle.Unpickler):
    def find_class(self, module, name):
        if module.split(".")[0] in BY_MODULE and name in NAMES:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class AnyCase(pickle.Unpickler):
    def find_class(self, module, name):
        if (module, name.lower()) in PAIRS:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class ByModule(pickle.Unpickler):
    def find_class(self, module, name):
        names = BY_MODULE.get(module, ())
        if name not in names:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class OfEachModule(pickle.Unpickler):
    def find_class(self, module, name):
        if module in BY_MODULE and name in BY_MODULE[module]:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class Joined(pickle.Unpickler):
    def find_class(self, module, name):
        full = ".".join((module, name))
        allowed = full in FULL
        if not allowed:
            raise pickle.UnpicklingError(full)
        found = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
        return found


class OfOneModule(pickle.Unpickler):
    def find_class(self, module, name):
        if name in NAMES:
            return getattr(builtins, name)
        raise pickle.UnpicklingError(name)


class FirstPartAlone(pickle.Unpickler):
    def find_class(self, module, name):
        first = name.split(".")[0]
        if (module, first) in PAIRS:
            return super().find_class(module, first)
        raise pickle.UnpicklingError(name)


class Renamed(pickle.Unpickler):
    def find_class(self, module, name):
        module = module.removeprefix("old.")
        if (module, name) not in PAIRS:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class TwoNames(pickle.Unpickler):
    def find_class(self, module, name):
        if module != "builtins" or not (name == "set" or name == "frozenset"):
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class ChosenList(pickle.Unpickler):
    def find_class(self, module, name):
        allowed = ()
        if module == "builtins":
            allowed = NAMES
        elif module == "collections":
            allowed = {"deque"}
        if name not in allowed:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class ChosenListOrAny(pickle.Unpickler):
    def find_class(self, module, name):
        allowed = NAMES
        if module == "builtins":
            allowed = {"set"}
        if name not in allowed:
            raise pickle.UnpicklingError(name)
        return super().find_class(module, name)


class ByCases(pickle.Unpickler):
    def find_class(self, module, name):
        match module:
            case "builtins" | "collections":
                if name in NAMES:
                    return super().find_class(module, name)
        raise pickle.UnpicklingError(name)


class AnyCaseOfThem(pickle.Unpickler):
    def find_class(self, module, name):
        match module:
            case "os":
                raise pickle.UnpicklingError(name)
            case other:
                if name in NAMES:
                    return super().find_class(other, name)
        raise pickle.UnpicklingError(name)


class OneOrNothing(pickle.Unpickler):
    def find_class(self, module, name):
        return super().find_class(module, name) if (module, name) in PAIRS else None
