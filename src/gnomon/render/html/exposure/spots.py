"""The sockets of all findings, each once, in the cell of the map where what is evidenced puts it."""

from collections.abc import Iterable
from typing import Literal, TypeAlias, get_args

from msgspec import Struct

from gnomon.render.html.found import Found
from gnomon.render.json import JsonEndpoint

Column = Literal["process", "this-host", "configurable", "any-host", "unknown"]
Row = Literal["none", "not effective", "effective", "unknown"]
Cell: TypeAlias = tuple[Row, Column]
COLUMNS: tuple[Column, ...] = get_args(Column)
ROWS: tuple[Row, ...] = get_args(Row)
_BASES = ("observed", "inferred")


class Spot(Struct, frozen=True, kw_only=True):
    """One socket, as far as code or a probe tells sockets apart: by target, role, transport and address."""

    cell: Cell
    endpoint: JsonEndpoint
    found: tuple[Found, ...]
    """What it leads to, the worst first."""

    @property
    def worst(self) -> Found:
        """The finding that is told first."""
        return self.found[0]

    @property
    def is_listening(self) -> bool:
        """True if a probe saw it; False if it was read from code."""
        return self.worst.finding.line == 0

    @property
    def is_evidenced(self) -> bool:
        """False if the column is a library's default, or a guess, rather than something that was seen."""
        return self.cell[1] == "unknown" or any(
            evidence.claim == "reach" and evidence.basis in _BASES for evidence in self.endpoint.evidence
        )


def spots(found: Iterable[Found]) -> tuple[Spot, ...]:
    """The sockets, those of the worst findings first if `found` is so; what came from no socket is not in it."""
    groups: dict[tuple[object, ...], list[Found]] = {}
    for each in found:
        endpoint = each.finding.endpoint
        if endpoint is not None:
            # Two addresses that nobody knows are not the same address.
            which = endpoint.address or (each.finding.path, each.finding.qualname)
            key = (each.of, endpoint.role, endpoint.transport, which, cell_of(endpoint))
            groups.setdefault(key, []).append(each)
    return tuple(
        Spot(cell=cell_of(endpoint), endpoint=endpoint, found=tuple(group))
        for group in groups.values()
        if (endpoint := group[0].finding.endpoint) is not None
    )


def cell_of(endpoint: JsonEndpoint) -> Cell:
    """Where a socket belongs. Whoever chooses the peer of a connection by a request can be any host."""
    column: Column = next((each for each in COLUMNS if each == endpoint.reach), "unknown")
    if endpoint.peer_chosen_by_request:
        column = "any-host"
    if endpoint.effective:
        return "effective", column
    match endpoint.authentication:
        case "none":
            return "none", column
        case "unknown":
            return "unknown", column
    return "not effective", column


def by_cell(sockets: Iterable[Spot]) -> dict[Cell, tuple[Spot, ...]]:
    """The sockets of each cell that has any."""
    cells: dict[Cell, list[Spot]] = {}
    for spot in sockets:
        cells.setdefault(spot.cell, []).append(spot)
    return {cell: tuple(group) for cell, group in cells.items()}
