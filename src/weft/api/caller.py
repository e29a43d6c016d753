"""Who is asking: what a request's token says, checked against the merged state.

Every API takes an `Authenticate` and calls it with the token header; it never waits, so a cut-off site
answers as quickly as a connected one. The built-in identity service makes one (`identity/tokens.py`).
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from weft.model import Denied

if TYPE_CHECKING:
    from weft.api.neutron.policy.rights import Rights

AUTHENTICATION_REQUIRED = "The request you have made requires authentication."  # Keystone's words


class AccessRule(msgspec.Struct, frozen=True):
    """One kind of request that an application credential is good for."""

    service: str  # a type of the catalogue: "network"
    method: str
    path: str  # "/v2.0/ports/{port_id}"; "*" stands for a segment, "**" for any number


class Caller(msgspec.Struct, frozen=True):
    """The user behind a request, with the roles it holds in the token's scope right now."""

    user_id: str
    project_id: str | None = None  # None: the token is unscoped or scoped to a domain
    domain_id: str | None = None  # of a token for a domain
    roles: frozenset[str] = frozenset()  # names, lower case, implied ones included
    system_scope: str | None = None  # "all": a token of the whole system
    user_domain_id: str | None = None
    project_domain_id: str | None = None
    is_admin_project: bool = True  # as Keystone says where no project is named for it
    service_roles: frozenset[str] = frozenset()  # of the service that passes a user's request on (X-Service-Token)
    rights: "Rights | None" = None  # what the policy in force makes of all that; None: nobody has asked it
    access_rules: tuple[AccessRule, ...] | None = None  # None: every request that the roles allow

    @property
    def is_admin(self) -> bool:
        """May see and change every project's things."""
        return "admin" in self.roles if self.rights is None else self.rights.is_admin

    @property
    def scope(self) -> str:
        """What the token is for, in the words of policy rules. Unscoped ones count as a project's."""
        if self.system_scope:
            return "system"
        return "domain" if self.domain_id else "project"

    def policy_values(self) -> dict[str, Any]:
        """Return what a rule may compare with. Source: oslo.context, RequestContext.to_policy_values."""
        return {
            "user_id": self.user_id,
            "user_domain_id": self.user_domain_id,
            "system_scope": self.system_scope,
            "system": self.system_scope,
            "domain_id": self.domain_id,
            "project_id": self.project_id,
            "tenant_id": self.project_id,
            "project_domain_id": self.project_domain_id,
            "roles": sorted(self.roles),
            "is_admin_project": self.is_admin_project,
            "is_admin": self.is_admin,
            "service_roles": sorted(self.service_roles),
        }

    @property
    def actor(self) -> str:
        """How the journal names the caller (`Writes.actor`)."""
        return f"user {self.user_id} project {self.project_id or '-'}"


class Unauthenticated(Denied):
    """No token, or one that is malformed, expired, revoked, or whose user or project is gone or disabled."""

    code = "unauthenticated"

    def __init__(self, why: str = AUTHENTICATION_REQUIRED) -> None:
        super().__init__(why)


Authenticate = Callable[[str | None], Caller]  # the X-Auth-Token header → caller; raises Unauthenticated
