"""joblib.Parallel with functions of a module: they are sent by name."""

import joblib

import talk
from pool import Shape, mark, work


def ask(number: int) -> bool:
    """Results."""
    shapes = joblib.Parallel(2)(joblib.delayed(work)(Shape(side)) for side in range(number, number + 3))
    return [shape.side for shape in shapes] == [number + 1, number + 2, number + 3]


def attack(flag: str) -> dict[str, str]:
    """A worker gives the marker for its result."""
    return {"got": str(joblib.Parallel(2)(joblib.delayed(mark)(each) for each in (flag, flag)))}


if __name__ == "__main__":
    talk.converse({}, {"good": talk.counted(ask), "attack": attack})
