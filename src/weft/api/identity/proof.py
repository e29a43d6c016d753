"""What a login has shown: who it is and how, and what the new token inherits from that."""

import msgspec
import structlog

from weft.api.caller import Unauthenticated
from weft.api.identity.passwords import PASSWORD_BYTES_MAX
from weft.api.identity.service import Identity
from weft.api.identity.tokens import Token
from weft.commands.identity.directory import domain_like, domain_named, is_enabled, named
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.auth import DomainRef
from weft.wire.keystone.fields import BadBody, is_text

log = structlog.get_logger()


class Proof(msgspec.Struct, frozen=True):
    """Who it is, shown by what."""

    user: Record
    methods: tuple[str, ...]
    parent: Token | None = None  # the token shown
    application_credential: Record | None = None


async def require_secret(
    identity: Identity, user: Record | None, account: str, encoded: str | None, secret: str, client: str
) -> Record:
    """Return the user if `secret` fits `encoded`. Raises Unauthenticated, and Throttled to who guesses too often.

    An unknown user costs the same time as a wrong secret, and gets the same answer.
    """
    now_s = identity.now_ms() / 1000
    account = account[:255]
    identity.failed_logins.check(account, client, now_s)
    if not is_text(secret) or len(secret.encode()) > PASSWORD_BYTES_MAX:
        raise BadBody(f"Password is longer than {PASSWORD_BYTES_MAX} bytes.")
    is_right = await identity.passwords.is_right(encoded, secret)
    if user is None or not is_right or not is_enabled(identity.store.state, user):
        identity.failed_logins.failed(account, client, now_s)
        log.warning("login failed", user=account, client=client)
        raise Unauthenticated
    identity.failed_logins.succeeded(account, client)
    return user


def find(state: State, kind: str, id: str | None, name: str | None, domain: DomainRef | None) -> Record | None:
    """Return what a reference in a login means: by ID, or by name and domain."""
    if id is not None:
        return state.get(kind, id)
    if name is None:
        return None
    if kind == "domain":
        return domain_named(state, name) or domain_like(state, name)
    home = find(state, "domain", domain.id, domain.name, None) if domain else None
    return named(state, kind, name, home.key.id) if home else None
