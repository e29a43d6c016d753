"""Keystone v3's request bodies as types. Source: https://docs.openstack.org/api-ref/identity/v3/.

Unknown members are ignored, as Keystone does where its schemas allow additional properties. `UNSET` tells
"not given" from null.
"""

from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType


class DomainRef(msgspec.Struct):
    """A domain by ID or name."""

    id: str | None = None
    name: str | None = None


class ProjectRef(msgspec.Struct):
    """A project by ID, or by name within a domain."""

    id: str | None = None
    name: str | None = None
    domain: DomainRef | None = None


class UserWithPassword(msgspec.Struct):
    """A user by ID, or by name within a domain, and what proves it."""

    password: str
    id: str | None = None
    name: str | None = None
    domain: DomainRef | None = None


class PasswordMethod(msgspec.Struct):
    """`identity.password`."""

    user: UserWithPassword


class TokenMethod(msgspec.Struct):
    """`identity.token`: a token one already holds."""

    id: str


class IdentitySpec(msgspec.Struct):
    """How the caller proves who it is."""

    methods: list[str]
    password: PasswordMethod | None = None
    token: TokenMethod | None = None


class ScopeSpec(msgspec.Struct):
    """What the new token is for; at most one member."""

    project: ProjectRef | None = None
    domain: DomainRef | None = None
    system: dict[str, bool] | None = None
    unscoped: dict[str, Any] | None = None


class AuthSpec(msgspec.Struct):
    """`auth`."""

    identity: IdentitySpec
    scope: ScopeSpec | Literal["unscoped"] | None = None


class AuthRequest(msgspec.Struct):
    """POST /v3/auth/tokens."""

    auth: AuthSpec


Name = str | UnsetType
Text = str | None | UnsetType
Flag = bool | UnsetType


class UserSpec(msgspec.Struct):
    """`user` of POST and PATCH /v3/users."""

    name: Name = UNSET
    password: Text = UNSET
    domain_id: Text = UNSET
    default_project_id: Text = UNSET
    enabled: Flag = UNSET
    email: Text = UNSET
    description: Text = UNSET


class UserRequest(msgspec.Struct):
    """POST and PATCH /v3/users."""

    user: UserSpec


class PasswordChange(msgspec.Struct):
    """`user` of POST /v3/users/{id}/password."""

    password: str
    original_password: str


class PasswordChangeRequest(msgspec.Struct):
    """POST /v3/users/{id}/password."""

    user: PasswordChange


class ProjectSpec(msgspec.Struct):
    """`project` of POST and PATCH /v3/projects."""

    name: Name = UNSET
    domain_id: Text = UNSET
    parent_id: Text = UNSET
    enabled: Flag = UNSET
    description: Text = UNSET
    is_domain: Flag = UNSET
    tags: list[str] | UnsetType = UNSET


class ProjectRequest(msgspec.Struct):
    """POST and PATCH /v3/projects."""

    project: ProjectSpec


class RoleSpec(msgspec.Struct):
    """`role` of POST and PATCH /v3/roles."""

    name: Name = UNSET
    domain_id: Text = UNSET
    description: Text = UNSET


class RoleRequest(msgspec.Struct):
    """POST and PATCH /v3/roles."""

    role: RoleSpec
