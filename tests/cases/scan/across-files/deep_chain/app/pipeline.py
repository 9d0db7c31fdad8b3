from app.stages import Unpack


class Pipeline:
    def __init__(self):
        self.first = Unpack()

    def feed(self, message):
        return self.first.run(message)
