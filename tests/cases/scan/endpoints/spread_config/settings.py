"""The address is a module constant of another file, or an item of a dictionary of settings."""

CONTROL = "tcp://*:7777"
LOCAL = "tcp://127.0.0.1:7778"

SETTINGS = {
    "worker": "tcp://0.0.0.0:7779",
    "monitor": "ipc:///run/monitor",
}
