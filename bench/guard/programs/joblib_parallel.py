"""joblib.Parallel with its default workers (loky): functions of the script are sent by value, with cloudpickle."""

import joblib
import marker
import talk


class Shape:
    """Of the script, so that its class travels too."""

    def __init__(self, side: object) -> None:
        self.side = side


def work(shape: Shape) -> object:
    """In a worker. One that was taken over gives the marker for its result: here it is asked to."""
    if isinstance(shape.side, str):
        return marker.Marker(shape.side)
    return Shape(shape.side + 1)


def ask(number: int) -> bool:
    """Results, of a function and of a lambda."""
    shapes = joblib.Parallel(2)(joblib.delayed(work)(Shape(side)) for side in range(number, number + 3))
    squares = joblib.Parallel(2)(joblib.delayed(lambda side: side * side)(side) for side in range(3))
    return [shape.side for shape in shapes] == [number + 1, number + 2, number + 3] and squares == [0, 1, 4]


def attack(flag: str, where: str) -> dict[str, str]:
    """The marker comes as a task or as a result."""
    argument = marker.Marker(flag) if where == "task" else Shape(flag)
    return {"got": str(joblib.Parallel(2)(joblib.delayed(work)(argument) for _ in range(2)))}


if __name__ == "__main__":
    talk.converse({}, {"good": talk.counted(ask), "attack": attack})
