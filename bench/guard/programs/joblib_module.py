"""joblib.Parallel with functions of a module: they are sent by name."""

import joblib
import talk
from pool import Shape, marked, work


def ask(number: int) -> bool:
    """Results."""
    shapes = joblib.Parallel(2)(joblib.delayed(work)(Shape(side)) for side in range(number, number + 3))
    return [shape.side for shape in shapes] == [number + 1, number + 2, number + 3]


def attack(flag: str, where: str) -> dict[str, str]:
    """The marker comes as a task or as a result."""
    return {"got": str(joblib.Parallel(2)(joblib.delayed(work)(marked(flag, where)) for _ in range(2)))}


if __name__ == "__main__":
    talk.converse({}, {"good": talk.counted(ask), "attack": attack})
