"""Does a token still hold? Decided from the merged state alone, so the answer never waits for another site.

Void are: expired and revoked tokens, those issued before their user's password changed, and those whose
user, project or domain is gone or disabled, or whose user lost every role in the scope.
"""

from weft.api.caller import Caller, Unauthenticated
from weft.api.identity.tokens import Token, TokenBox
from weft.commands.identity.directory import Scope, assigned_roles, is_enabled
from weft.store.protocol import State
from weft.store.records import Record


def open_token(box: TokenBox, text: str, state: State, now_ms: int) -> tuple[Token, list[Record]]:
    """Return what a token says and the roles it stands for now. Raises Unauthenticated."""
    token = box.open(text)
    if now_ms >= token.expires_at_ms or state.get("revocation", token.audit_id) is not None:
        raise Unauthenticated
    return token, roles_now(state, token)


def roles_now(state: State, token: Token) -> list[Record]:
    """Return the roles of the token's user in its scope, sorted by name. Raises Unauthenticated."""
    user = state.get("user", token.user_id)
    if user is None or not is_enabled(state, user) or token.issued_at_ms < user.get("tokens_valid_after_ms", 0):
        raise Unauthenticated
    if token.scope.kind == "none":
        return []
    roles = usable_roles(state, token.user_id, token.scope)
    if not roles:
        raise Unauthenticated
    return roles


def usable_roles(state: State, user_id: str, scope: Scope) -> list[Record]:
    """Return the user's roles in a scope; none if the project or domain is gone or disabled."""
    if scope.kind in ("project", "domain") and not is_enabled(state, state.get(scope.kind, scope.id)):
        return []
    return assigned_roles(state, user_id, scope)


def caller_of(token: Token, roles: list[Record]) -> Caller:
    """Return the caller as the other APIs see it."""
    return Caller(
        user_id=token.user_id,
        project_id=token.scope.id if token.scope.kind == "project" else None,
        domain_id=token.scope.id if token.scope.kind == "domain" else None,
        roles=frozenset(str(role.get("name")).lower() for role in roles),
    )
