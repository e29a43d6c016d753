"""From an auth request to a token: who is it, is it them, and what may the token be for?"""

import structlog

from weft.api.caller import Unauthenticated
from weft.api.identity.check import usable_roles
from weft.api.identity.http import BadBody
from weft.api.identity.passwords import PASSWORD_BYTES_MAX
from weft.api.identity.service import Identity
from weft.api.identity.tokens import Token, new_audit_id
from weft.commands.identity.directory import SYSTEM, UNSCOPED, Scope, domain_named, is_enabled, named
from weft.store.protocol import State
from weft.store.records import Record
from weft.wire.keystone import AuthSpec, DomainRef, ProjectRef, ScopeSpec, UserWithPassword

log = structlog.get_logger()


class _Proof:
    """Who it is, and what the new token inherits from how that was shown."""

    def __init__(self, user: Record, methods: tuple[str, ...], parent: Token | None) -> None:
        self.user, self.methods, self.parent = user, methods, parent


async def log_in(identity: Identity, auth: AuthSpec, client: str) -> Token:
    """Return a token for what `auth` asks. Raises Unauthenticated, Throttled, BadBody."""
    proof = await _prove(identity, auth, client)
    scope = _scope_for(identity.store.state, auth.scope, proof.user)
    now_ms = identity.now_ms()
    parent = proof.parent
    token = Token(
        user_id=proof.user.key.id,
        scope=scope,
        methods=proof.methods,
        # The password was right just now, so the token is newer than its last change, whatever the clocks say.
        issued_at_ms=max(now_ms, proof.user.get("tokens_valid_after_ms", 0)),
        expires_at_ms=parent.expires_at_ms if parent else now_ms + identity.settings.token_lifetime_s * 1000,
        audit_ids=(new_audit_id(), parent.audit_ids[-1]) if parent else (new_audit_id(),),
    )
    identity.roles_now(token)  # what we hand out must hold
    return token


async def _prove(identity: Identity, auth: AuthSpec, client: str) -> _Proof:
    methods = tuple(dict.fromkeys(auth.identity.methods))
    if methods == ("password",):
        if auth.identity.password is None:
            raise BadBody("Expecting to find password in identity.")
        return _Proof(await _user_by_password(identity, auth.identity.password.user, client), methods, None)
    if methods == ("token",):
        if auth.identity.token is None:
            raise BadBody("Expecting to find token in identity.")
        parent, _ = identity.open_token(auth.identity.token.id)
        user = identity.store.state.get("user", parent.user_id)
        assert user is not None  # open_token looked
        return _Proof(user, tuple(dict.fromkeys(("token", *parent.methods))), parent)
    raise Unauthenticated


async def _user_by_password(identity: Identity, given: UserWithPassword, client: str) -> Record:
    state = identity.store.state
    if given.id is None and (given.name is None or given.domain is None):
        raise BadBody("Expecting to find id, or name and domain, in user.")
    user = _find(state, "user", given.id, given.name, given.domain)
    account = user.key.id if user else f"{given.id or given.name}"[:255]
    now_s = identity.now_ms() / 1000
    identity.failed_logins.check(account, client, now_s)
    encoded = user.get("password_hash") if user else None
    if len(given.password.encode()) > PASSWORD_BYTES_MAX:
        raise BadBody(f"Password is longer than {PASSWORD_BYTES_MAX} bytes.")
    is_right = await identity.passwords.is_right(encoded, given.password)
    if user is None or not is_right or not is_enabled(state, user):
        identity.failed_logins.failed(account, client, now_s)
        log.warning("login failed", user=account, client=client)
        raise Unauthenticated
    identity.failed_logins.succeeded(account, client)
    return user


def _scope_for(state: State, asked: ScopeSpec | str | None, user: Record) -> Scope:
    """Return the scope to issue for. Raises Unauthenticated, whether it is unknown or just not the user's."""
    if asked is None:
        default = Scope("project", user.get("default_project_id") or "")
        return default if usable_roles(state, user.key.id, default) else UNSCOPED
    if isinstance(asked, str) or asked.unscoped is not None:
        return UNSCOPED
    if sum(part is not None for part in (asked.project, asked.domain, asked.system)) != 1:
        raise BadBody("Expecting to find exactly one of project, domain, system in scope.")
    if asked.system is not None:
        return SYSTEM
    kind = "project" if asked.project is not None else "domain"
    ref: ProjectRef | DomainRef | None = asked.project or asked.domain
    assert ref is not None
    target = _find(state, kind, ref.id, ref.name, ref.domain if isinstance(ref, ProjectRef) else None)
    if target is None:
        raise Unauthenticated
    return Scope("project" if kind == "project" else "domain", target.key.id)


def _find(state: State, kind: str, id: str | None, name: str | None, domain: DomainRef | None) -> Record | None:
    if id is not None:
        return state.get(kind, id)
    if name is None:
        return None
    if kind == "domain":
        return domain_named(state, name)
    home = _find(state, "domain", domain.id, domain.name, None) if domain else None
    return named(state, kind, name, home.key.id) if home else None
