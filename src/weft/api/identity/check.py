"""Does a token still hold? Decided from the merged state alone, so the answer never waits for another site.

Void are: expired and revoked tokens, those issued before their user's password changed, and those whose user,
project or domain is gone or was disabled, whose application credential or trust is gone, or whose user lost
every role in the scope. All of that changes seldom, so the answer is remembered until a record of identity does.
"""

from collections import OrderedDict
from collections.abc import Callable

import msgspec

from weft.api.caller import AccessRule, Caller, Unauthenticated
from weft.api.identity.tokens import Token, TokenBox
from weft.commands.identity.bootstrap import SEEDED
from weft.commands.identity.directory import Scope, is_enabled
from weft.commands.identity.holding import assigned_roles
from weft.model import Unavailable
from weft.store.protocol import State
from weft.store.records import Record

ALLOW_EXPIRED_MS = 48 * 3_600_000  # for services, of users' tokens; Keystone's [token] allow_expired_window
REMEMBERED_MAX = 4096  # tokens; clients send the same one again and again


class NotYetSeeded(Unavailable):
    """This site's very first start: it does not know yet who may come in, so it cannot say that you may not."""

    code = "identity_not_seeded"
    hint = "try again in a second"

    def __init__(self) -> None:
        super().__init__("The identity service is starting and knows no users yet.")


class Opened(msgspec.Struct, frozen=True):
    """What a token stands for now."""

    token: Token
    roles: list[Record]  # sorted by name
    caller: Caller


class Checker:
    """Opens tokens. Remembers what it found until the state says something else; expiry is looked at each time."""

    def __init__(self, box: TokenBox, state: Callable[[], State], now_ms: Callable[[], int]) -> None:
        self._box, self._state, self._now_ms = box, state, now_ms
        self._known: OrderedDict[str, Opened] = OrderedDict()
        self._known_at = -1  # the newest change to identity that `_known` has seen

    def open(self, text: str | None, *, expired_by_ms: int = 0) -> Opened:
        """Return what a token says and stands for. Raises Unauthenticated, or NotYetSeeded.

        `expired_by_ms`: how long ago it may have expired, for services that finish what began in time.
        """
        if not text:
            raise Unauthenticated
        state = self._state()
        changed_at = state.changed_at("identity")
        if changed_at != self._known_at:
            self._known.clear()
            self._known_at = changed_at
        opened = self._known.get(text)
        if opened is None:
            try:
                opened = self._open(text, state)
            except Unauthenticated:
                require_seeded(state)
                raise
        if self._now_ms() >= opened.token.expires_at_ms + expired_by_ms:
            raise Unauthenticated
        return opened

    def _open(self, text: str, state: State) -> Opened:
        token = self._box.open(text)
        if state.get("revocation", token.audit_id) is not None:
            raise Unauthenticated
        roles = roles_now(state, token)
        opened = Opened(token, roles, caller_of(state, token, roles))
        self._known[text] = opened
        while len(self._known) > REMEMBERED_MAX:
            self._known.popitem(last=False)
        return opened


def require_seeded(state: State) -> None:
    """Raise NotYetSeeded if this site has not heard of the first users."""
    if state.raw(SEEDED) is None:
        raise NotYetSeeded


def roles_now(state: State, token: Token) -> list[Record]:
    """Return the roles a token stands for, sorted by name. Raises Unauthenticated."""
    _require_usable(state, state.get("user", token.user_id), token)
    if token.scope.kind == "none":
        return []
    if token.scope.kind in ("project", "domain"):
        _require_usable(state, state.get(token.scope.kind, token.scope.id), token)
    roles = assigned_roles(state, token.user_id, token.scope)
    if token.trust_id:
        roles = _roles_of_trust(state, token)
    if token.application_credential_id:
        roles = _among(roles, state.get("application_credential", token.application_credential_id))
    if not roles:
        raise Unauthenticated
    return roles


def usable_roles(state: State, user_id: str, scope: Scope) -> list[Record]:
    """Return the user's roles in a scope; none if the project or domain is gone or disabled."""
    if scope.kind in ("project", "domain") and not is_enabled(state, state.get(scope.kind, scope.id)):
        return []
    return assigned_roles(state, user_id, scope)


def caller_of(state: State, token: Token, roles: list[Record]) -> Caller:
    """Return the caller as the other APIs see it."""
    user = state.get("user", token.user_id)
    project = state.get("project", token.scope.id) if token.scope.kind == "project" else None
    return Caller(
        user_id=token.user_id,
        project_id=token.scope.id if token.scope.kind == "project" else None,
        domain_id=token.scope.id if token.scope.kind == "domain" else None,
        system_scope="all" if token.scope.kind == "system" else None,
        user_domain_id=user.get("domain_id") if user else None,
        project_domain_id=project.get("domain_id") if project else None,
        roles=frozenset(str(role.get("name")).lower() for role in roles),
        access_rules=_access_rules(state, token),
    )


def _require_usable(state: State, record: Record | None, token: Token) -> None:
    """Raise Unauthenticated unless a user, project or domain is enabled, and was ever since the token was issued."""
    while record is not None:
        if record.get("enabled") is not True or token.issued_at_ms < (record.get("tokens_valid_after_ms") or 0):
            break
        if record.key.kind == "domain":
            return
        record = state.get("domain", record.get("domain_id", ""))
    raise Unauthenticated


def _roles_of_trust(state: State, token: Token) -> list[Record]:
    """Return what the trustor still holds of what it lent. Raises Unauthenticated if either side may not come in."""
    trust = state.get("trust", token.trust_id)
    if trust is None:
        raise Unauthenticated
    for side in ("trustor_user_id", "trustee_user_id"):
        if not is_enabled(state, state.get("user", trust.get(side, ""))):
            raise Unauthenticated
    return _among(assigned_roles(state, trust.get("trustor_user_id", ""), token.scope), trust)


def _among(roles: list[Record], limit: Record | None) -> list[Record]:
    allowed = limit.get("role_ids") or () if limit is not None else ()
    return [role for role in roles if role.key.id in allowed]


def _access_rules(state: State, token: Token) -> tuple[AccessRule, ...] | None:
    credential = state.get("application_credential", token.application_credential_id)
    if credential is None or credential.get("access_rule_ids") is None:
        return None
    found = [state.get("access_rule", id) for id in credential.get("access_rule_ids")]
    return tuple(
        AccessRule(str(rule.get("service")), str(rule.get("method")), str(rule.get("path")))
        for rule in found
        if rule is not None
    )
