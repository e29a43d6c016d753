"""Tokens void before their time: one small record each, by audit ID, until the token would have expired anyway."""

from weft.store.protocol import State
from weft.store.records import DELETED, Key
from weft.store.writes import Write, Writes

SKEW_MS = 5 * 60_000  # another site's clock may be behind: to it the token has not expired yet
SWEEP_MAX = 20  # expired records cleared away in passing, per revocation: the list stays as short as it is busy


def revoke_token(audit_id: str, expires_at_ms: int, state: State, *, now_ms: int, actor: str) -> Writes:
    """Void a token at every site that hears of it. Doing it twice changes nothing that matters."""
    writes = [Write(Key("fabric", "revocation", audit_id), {"expires_at_ms": expires_at_ms})]
    expired = (each for each in state.of_kind("revocation") if each.get("expires_at_ms", 0) + SKEW_MS < now_ms)
    for record, _ in zip(expired, range(SWEEP_MAX), strict=False):
        writes.append(Write(record.key, {DELETED: True}))
    return Writes(tuple(writes), actor=actor, verb="revoke token")
