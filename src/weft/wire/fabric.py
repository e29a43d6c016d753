"""/weft/v1's answers as types: what the API encodes, what the client decodes, what OpenAPI describes.

Times are milliseconds since 1970. Members are only ever added: clients ignore those they do not know.
"""

from typing import Any, Literal

import msgspec


class SiteView(msgspec.Struct, frozen=True, kw_only=True):
    """A site, as the node that answers sees it."""

    id: str
    number: int | None
    region: str | None
    api_url: str | None
    is_local: bool
    is_dead: bool  # an operator declared it lost
    nodes: int
    nodes_alive: int
    connected: bool | None  # None: the node that answers does not pull from it (a neighbour may)
    last_heard_s: float | None
    digest_equal: bool | None  # None: not compared yet
    lag: int | None  # records of its log still to be read
    error: str | None


class NodeView(msgspec.Struct, frozen=True, kw_only=True):
    """A node, as the node that answers hears it."""

    id: str
    site: str
    alive: bool
    underlay_ip: str | None
    api_url: str | None
    ports: int  # bound to it
    ports_active: int  # of these, programmed
    networks: int  # with a port on it
    version: str | None = None  # what its last beat said; None: not alive
    plan_revision: int | None = None
    applied_revision: int | None = None
    faults: int | None = None


class PreviousHost(msgspec.Struct, frozen=True):
    """Where a port was before."""

    host: str
    until: str


class PortView(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the vPort table."""

    id: str
    name: str
    mac: str
    addresses: list[str]
    status: str
    admin_state_up: bool
    network_id: str
    network: str | None
    vni: int | None
    project_id: str | None
    device_owner: str
    device_id: str
    node: str | None  # None: not bound; hidden from those who are no administrators, as is all below
    site: str | None
    reason: str | None  # why it is not ACTIVE, in its node's words
    previous: list[PreviousHost]


class PeerView(msgspec.Struct, frozen=True, kw_only=True):
    """How the node that answers stands with another site; all but the first two for administrators only."""

    site: str
    connected: bool
    last_heard_s: float | None = None
    digest_equal: bool | None = None
    lag: int | None = None
    error: str | None = None


class AlertView(msgspec.Struct, frozen=True):
    """Something to look at."""

    code: str
    message: str
    at_ms: int
    count: int


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """Is this node well? Everybody may ask; `alerts` and what follows are for administrators."""

    status: Literal["ok", "starting", "degraded"]  # degraded: a peer is cut off, or there are alerts
    site: str
    node: str
    version: str
    in_sync: bool
    digest: str
    peers: list[PeerView]
    alerts: list[AlertView] | None = None
    revision: int | None = None
    conflicts: int | None = None
    records: dict[str, int] | None = None  # kind → live records


class ReceiptView(msgspec.Struct, frozen=True, kw_only=True):
    """How far a write has come."""

    id: str
    site: str
    at_ms: int
    keys: list[str]  # "scope/kind/id"
    stored: dict[str, bool]  # site → holds it
    programmed: dict[str, int | None]  # node concerned → when it had; None: not yet
    is_stored: bool
    is_programmed: bool


class ConflictView(msgspec.Struct, frozen=True, kw_only=True):
    """A concurrent loss, duplicate or clash, a delete that yielded, or what leads nowhere because of one."""

    id: str
    what: str  # "field", "duplicate", "clash", "kept", "delete-won", "astray"
    kind: str
    id_of: str
    field: str | None
    won: Any
    lost: Any
    message: str
    at_ms: int


class DigestView(msgspec.Struct, frozen=True, kw_only=True):
    """What one site holds."""

    site: str
    digest: str | None  # None: it does not answer
    in_sync: bool | None
    revision: int | None
    error: str | None = None


class DropView(msgspec.Struct, frozen=True, order=True):
    """Packets dropped on a node for one reason."""

    node: str
    reason: str
    device: str
    packets: int
    bytes: int


class FaultView(msgspec.Struct, frozen=True, order=True):
    """A gap in the intent that closed a door on a node."""

    node: str
    subject: str
    reason: str


class NodeError(msgspec.Struct, frozen=True, order=True):
    """A node that could not be asked."""

    node: str
    error: str


class PlanView(msgspec.Struct, frozen=True, kw_only=True):
    """What a node's kernel should hold."""

    node: str
    revision: int
    applied_revision: int
    known_revisions: list[int]
    tables: dict[str, list[dict[str, Any]]]
    faults: list[dict[str, str]]


class TableDiff(msgspec.Struct, frozen=True):
    """How one table differs: rows by key."""

    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    changed: list[dict[str, Any]]  # {"before": row, "after": row}


class PlanDiff(msgspec.Struct, frozen=True, kw_only=True):
    """How two plans of a node differ; tables without a difference are left out."""

    node: str
    from_revision: int
    to_revision: int
    tables: dict[str, TableDiff]


class JournalView(msgspec.Struct, frozen=True, kw_only=True):
    """One applied change."""

    number: int
    at_ms: int
    key: str
    site: str
    actor: str
    verb: str
    changed: dict[str, Any]  # field → [before, after]
    is_gone: bool  # the record is dead after it


class Sites(msgspec.Struct, frozen=True):
    """GET /sites."""

    sites: list[SiteView]


class Nodes(msgspec.Struct, frozen=True):
    """GET /nodes."""

    nodes: list[NodeView]


class Ports(msgspec.Struct, frozen=True):
    """GET /ports."""

    ports: list[PortView]


class Conflicts(msgspec.Struct, frozen=True):
    """GET /conflicts, newest first."""

    conflicts: list[ConflictView]
    total: int  # that match, before `limit`


class Digests(msgspec.Struct, frozen=True):
    """GET /digest."""

    digests: list[DigestView]
    is_equal: bool  # all that answered hold the same, and all answered


class Drops(msgspec.Struct, frozen=True):
    """GET /drops, sorted."""

    drops: list[DropView]
    errors: list[NodeError]


class Faults(msgspec.Struct, frozen=True):
    """GET /faults, sorted."""

    faults: list[FaultView]
    errors: list[NodeError]


class Journal(msgspec.Struct, frozen=True):
    """GET /journal, newest first."""

    journal: list[JournalView]


class ErrorBody(msgspec.Struct, frozen=True):
    """What went wrong, and what to do next if that is known."""

    code: str  # stable: "not_found", "unauthenticated"…
    message: str
    hint: str | None = None


class DefaultQuotas(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits that hold for every project unless its own were set."""

    quotas: dict[str, int]  # resource → how many; -1: any number


class Error(msgspec.Struct, frozen=True):
    """Whatever is not 2xx."""

    error: ErrorBody
