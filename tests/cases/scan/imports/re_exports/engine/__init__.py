"""Names travel through packages: re-exported, aliased on the way, relative from two levels up."""

from engine.serial import unpack as decode
from engine.serial import strict as decode_strict
