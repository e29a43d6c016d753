"""What proves who one is, as types. Source: https://docs.openstack.org/api-ref/identity/v3/.

Unknown members are ignored, as Keystone does where its schemas allow additional properties.
"""

from typing import Any, Literal

import msgspec


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


class UserRef(msgspec.Struct):
    """A user by ID, or by name within a domain."""

    id: str | None = None
    name: str | None = None
    domain: DomainRef | None = None


class ApplicationCredentialMethod(msgspec.Struct):
    """`identity.application_credential`: by ID, or by name and its user."""

    secret: str
    id: str | None = None
    name: str | None = None
    user: UserRef | None = None


class IdentitySpec(msgspec.Struct):
    """How the caller proves who it is."""

    methods: list[str]
    password: PasswordMethod | None = None
    token: TokenMethod | None = None
    application_credential: ApplicationCredentialMethod | None = None


class TrustRef(msgspec.Struct):
    """`scope.OS-TRUST:trust`."""

    id: str


class ScopeSpec(msgspec.Struct, rename={"trust": "OS-TRUST:trust"}):
    """What the new token is for; at most one member."""

    project: ProjectRef | None = None
    domain: DomainRef | None = None
    system: dict[str, bool] | None = None
    unscoped: dict[str, Any] | None = None
    trust: TrustRef | None = None


class AuthSpec(msgspec.Struct):
    """`auth`."""

    identity: IdentitySpec
    scope: ScopeSpec | Literal["unscoped"] | None = None


class AuthRequest(msgspec.Struct):
    """POST /v3/auth/tokens."""

    auth: AuthSpec


class PasswordChange(msgspec.Struct):
    """`user` of POST /v3/users/{id}/password."""

    password: str
    original_password: str


class PasswordChangeRequest(msgspec.Struct):
    """POST /v3/users/{id}/password."""

    user: PasswordChange
