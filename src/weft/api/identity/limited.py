"""Logins that give less than their user has: by application credential, and in the name of who gave a trust."""

from weft.api.caller import Unauthenticated
from weft.api.identity.policy import Forbidden
from weft.api.identity.proof import Proof, find, require_secret
from weft.api.identity.service import Identity
from weft.commands.identity.ask import Ask
from weft.commands.identity.directory import oldest
from weft.commands.identity.trusts import use_trust
from weft.store.execute import execute
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone.auth import ApplicationCredentialMethod
from weft.wire.keystone.fields import MALFORMED, BadBody


async def by_application_credential(identity: Identity, given: ApplicationCredentialMethod, client: str) -> Proof:
    """Return whose credential it is. Raises Unauthenticated, Throttled and BadBody."""
    state = identity.store.state
    if given.id is None and (given.name is None or given.user is None):
        raise BadBody(f"Expecting to find id, or name and user, in application_credential.{MALFORMED}")
    credential = _credential(state, given)
    expires_at_us = credential.get("expires_at_us") if credential else None
    is_over = expires_at_us is not None and identity.now_ms() * 1000 >= expires_at_us
    user = state.get("user", credential.get("user_id", "")) if credential and not is_over else None
    account = credential.key.id if credential else f"{given.id or given.name}"
    encoded = credential.get("secret_hash") if credential else None
    found = await require_secret(identity, user, account, encoded, given.secret, client)
    return Proof(found, ("application_credential",), None, credential)


async def use_of_trust(identity: Identity, trust_id: str, proof: Proof) -> Record:
    """Return the trust, one use of it spent. Raises Unauthenticated unless it is the user's to use, TrustUsedUp."""
    trust = identity.store.state.get("trust", trust_id)
    if proof.application_credential or (proof.parent and is_limited(proof.parent)):
        raise Forbidden("use a trust with a token of limited rights")
    expires_at_us = trust.get("expires_at_us") if trust else None
    is_over = expires_at_us is not None and identity.now_ms() * 1000 >= expires_at_us
    if trust is None or is_over or trust.get("trustee_user_id") != proof.user.key.id:
        raise Unauthenticated
    if trust.get("remaining_uses") is not None:
        ask = Ask(id=trust_id, actor=f"user {proof.user.key.id} project -", now_ms=identity.now_ms())
        await execute(identity.store, lambda state, held: use_trust(ask, state))
    return trust


def is_limited(token: object) -> bool:
    """Whether a token gives less than its user has."""
    return bool(getattr(token, "application_credential_id", "") or getattr(token, "trust_id", ""))


def _credential(state: State, given: ApplicationCredentialMethod) -> Record | None:
    if given.id is not None:
        return state.get("application_credential", given.id)
    assert given.user is not None
    user = find(state, "user", given.user.id, given.user.name, given.user.domain)
    if user is None:
        return None
    held = state.lookup("application_credential", "user_id", user.key.id)
    return oldest([each for each in held if each.get("name") == given.name])
