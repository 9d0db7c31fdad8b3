"""Any bytes are a deployment file of each kind, or are refused."""

import contextlib

from gnomon.deployment.facts import Unreadable
from gnomon.deployment.reading import units

NAMES = ("Dockerfile", "compose.yaml", "templates/x.yaml", "values.yaml", ".env")
SEEDS = (
    b'FROM python:3.11\nENV A=1 B=\'x y\'\nEXPOSE 5557/tcp\nENTRYPOINT ["python", "-m", "x", "--host", "0.0.0.0"]\n',
    (
        b"services:\n  a: &a\n    image: x\n    command: vllm serve --host 0.0.0.0\n"
        b"    network_mode: host\n  b:\n    <<: *a\n"
    ),
    (
        b"apiVersion: v1\nkind: Pod\nspec:\n  hostNetwork: true\n  containers:\n"
        b"  - name: x\n    env:\n    - {name: A, value: 'b'}\n"
    ),
    b"{{- if .Values.x }}\nkind: Deployment\nargs: [{{ .Values.y | quote }}]\n{{ end }}\n",
    b"export VLLM_ALLOW_INSECURE_SERIALIZATION=1\nA='b c'\n",
)


def once(data: bytes) -> None:
    """It is read, or it is told why not."""
    for name in NAMES:
        with contextlib.suppress(Unreadable):
            units(name, data)
