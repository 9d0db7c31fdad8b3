"""A deployment file -> its units, by what its name and content promise."""

import re

from gnomon.deployment import compose, dockerfile, manifests, scripts, templates, variables
from gnomon.deployment.documents import Mapping, documents
from gnomon.deployment.facts import Unit, Unreadable

_IMAGE_FILE = re.compile(r"(Dockerfile|Containerfile)([._-].*)?|.+\.dockerfile", re.IGNORECASE)


def units(path: str, data: bytes) -> tuple[Unit, ...]:
    """What the file says of each container. Raises Unreadable if it is not what its name promises."""
    name = path[path.rfind("/") + 1 :]
    if _IMAGE_FILE.fullmatch(name):
        return dockerfile.units(data)
    if scripts.is_script(path):
        return scripts.units(data)
    if variables.is_env_file(path):
        return (Unit(variables=tuple(variables.of_file(data))),)
    if not templates.is_template(data):
        return _of_documents(data)
    try:
        return _of_documents(templates.filled(data))
    except Unreadable:
        return (templates.unit(data),)


def _of_documents(data: bytes) -> tuple[Unit, ...]:
    found: list[Unit] = []
    for root in documents(data):
        is_compose = isinstance(root, Mapping) and root.get("services") is not None and root.get("apiVersion") is None
        found += compose.units(root) if is_compose else manifests.units(root)
    return tuple(found)
