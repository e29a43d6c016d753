"""What /weft/v1 answers, as types. Each method is one request; times and shapes are those of `wire.fabric`."""

from typing import Any, TypeVar

import msgspec

from weft.client.session import Session
from weft.model import Unavailable
from weft.wire import fabric

Answer = TypeVar("Answer", bound=msgspec.Struct)


class FabricClient:
    """Asks one site about the whole fabric. Raises the five families of errors."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def health(self) -> fabric.Health:
        """Is the node that answers well?"""
        return self._get(fabric.Health, "/health")

    def sites(self) -> list[fabric.SiteView]:
        """Every site, as the one that answers sees it."""
        return self._get(fabric.Sites, "/sites").sites

    def site(self, site: str) -> fabric.SiteView:
        """One site."""
        return self._get(fabric.SiteView, f"/sites/{site}")

    def nodes(self, site: str | None = None) -> list[fabric.NodeView]:
        """Every node, or those of one site."""
        return self._get(fabric.Nodes, "/nodes", site=site).nodes

    def node(self, node: str) -> fabric.NodeView:
        """One node."""
        return self._get(fabric.NodeView, f"/nodes/{node}")

    def ports(
        self, *, network: str | None = None, site: str | None = None, node: str | None = None, status: str | None = None
    ) -> list[fabric.PortView]:
        """The vPort table."""
        return self._get(fabric.Ports, "/ports", network=network, site=site, node=node, status=status).ports

    def conflicts(
        self, *, what: str | None = None, kind: str | None = None, id: str | None = None, limit: int | None = None
    ) -> fabric.Conflicts:
        """What merging dropped or kept, newest first."""
        return self._get(fabric.Conflicts, "/conflicts", what=what, kind=kind, id=id, limit=limit)

    def digests(self) -> fabric.Digests:
        """What every site holds, as one hash each."""
        return self._get(fabric.Digests, "/digest", all="true")

    def receipt(self, id: str, *, until: str | None = None, timeout_s: float = 0.0) -> fabric.ReceiptView:
        """How far a write has come; with `until`, after waiting up to `timeout_s` seconds."""
        return self._get(
            fabric.ReceiptView,
            f"/receipts/{id}",
            patience_s=timeout_s,
            until=until,
            timeout=timeout_s if until else None,
        )

    def plan(self, node: str, revision: int | None = None) -> fabric.PlanView:
        """What a node's kernel should hold."""
        return self._get(fabric.PlanView, f"/nodes/{node}/plan", revision=revision)

    def plan_diff(self, node: str, older: int | None = None, newer: int | None = None) -> fabric.PlanDiff:
        """How two plans of a node differ; the last two unless given."""
        return self._get(fabric.PlanDiff, f"/nodes/{node}/plan/diff", from_=older, to=newer)

    def drops(self, node: str | None = None, site: str | None = None) -> fabric.Drops:
        """Packets dropped, by node and reason."""
        return self._get(fabric.Drops, "/drops", node=node, site=site)

    def faults(self, node: str | None = None, site: str | None = None) -> fabric.Faults:
        """Gaps in the intent that closed a door."""
        return self._get(fabric.Faults, "/faults", node=node, site=site)

    def journal(
        self, *, kind: str | None = None, id: str | None = None, limit: int | None = None
    ) -> list[fabric.JournalView]:
        """Changes as the node that answers applied them, newest first."""
        return self._get(fabric.Journal, "/journal", kind=kind, id=id, limit=limit).journal

    def quotas(self) -> dict[str, int]:
        """Limits that hold for every project unless its own were set."""
        return self._get(fabric.DefaultQuotas, "/quotas").quotas

    def set_quotas(self, quotas: dict[str, int]) -> dict[str, int]:
        """Change some of them; returns all."""
        body = msgspec.json.encode(fabric.DefaultQuotas(quotas))
        return msgspec.json.decode(self._session.put("/weft/v1/quotas", body), type=fabric.DefaultQuotas).quotas

    def _get(self, answer: type[Answer], path: str, *, patience_s: float = 0.0, **query: Any) -> Answer:
        named = {name.rstrip("_"): value for name, value in query.items()}  # `from` is a word of Python's
        body = self._session.get("/weft/v1" + path, named, patience_s=patience_s)
        try:
            return msgspec.json.decode(body, type=answer)
        except msgspec.MsgspecError as err:
            raise Unavailable(f"/weft/v1{path}: not an answer of this version: {err}") from err
