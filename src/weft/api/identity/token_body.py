"""A token as Keystone describes it to who asks what it stands for."""

from typing import Any

from weft.api.identity.catalog import catalog
from weft.api.identity.service import Identity
from weft.api.identity.times import iso_from_ms
from weft.api.identity.tokens import Token
from weft.store.protocol import State
from weft.store.records import Record


def token_body(identity: Identity, token: Token, roles: list[Record], *, with_catalog: bool) -> dict[str, Any]:
    """Return {"token": …} as Keystone gives it."""
    state = identity.store.state
    user = state.get("user", token.user_id)
    assert user is not None  # the token was checked
    body: dict[str, Any] = {
        "methods": list(token.methods),
        "user": {**_named(user), "domain": _domain(state, user), "password_expires_at": None},
        "audit_ids": list(token.audit_ids),
        "issued_at": iso_from_ms(token.issued_at_ms),
        "expires_at": iso_from_ms(token.expires_at_ms),
    }
    if token.scope.kind != "none":
        body["roles"] = [_named(role) for role in roles]
        if with_catalog:
            body["catalog"] = catalog(state, identity.settings, token.scope)
    if token.scope.kind == "project" and (project := state.get("project", token.scope.id)) is not None:
        body["project"] = {**_named(project), "domain": _domain(state, project)}
        body["is_domain"] = False
    elif token.scope.kind == "domain" and (domain := state.get("domain", token.scope.id)) is not None:
        body["domain"] = _named(domain)
    elif token.scope.kind == "system":
        body["system"] = {"all": True}
    if others := _service_providers(state):
        body["service_providers"] = others
    return {"token": {**body, **_limits(state, token)}}


def _service_providers(state: State) -> list[dict[str, Any]]:
    """Return the clouds that take our word, as far as they are enabled."""
    enabled = [each for each in state.of_kind("service_provider") if each.get("enabled")]
    told = [{"id": each.key.id, **{name: each.get(name) for name in ("auth_url", "sp_url")}} for each in enabled]
    return sorted(told, key=lambda each: each["id"])


def _limits(state: State, token: Token) -> dict[str, Any]:
    """Return what services that check the token themselves must know of its limits."""
    limits: dict[str, Any] = {}
    if (credential := state.get("application_credential", token.application_credential_id)) is not None:
        about = {**_named(credential), "restricted": not credential.get("unrestricted")}
        if (ids := credential.get("access_rule_ids")) is not None:
            rules = [rule for id in ids if (rule := state.get("access_rule", id)) is not None]
            about["access_rules"] = [
                {"id": rule.key.id, **{name: rule.get(name) for name in ("service", "method", "path")}}
                for rule in rules
            ]
        limits["application_credential"] = about
    if (trust := state.get("trust", token.trust_id)) is not None:
        limits["OS-TRUST:trust"] = {
            "id": trust.key.id,
            "impersonation": trust.get("impersonation"),
            "trustor_user": {"id": trust.get("trustor_user_id")},
            "trustee_user": {"id": trust.get("trustee_user_id")},
        }
    return limits


def _named(record: Record) -> dict[str, Any]:
    return {"id": record.key.id, "name": record.get("name")}


def _domain(state: State, record: Record) -> dict[str, Any]:
    domain = state.get("domain", record.get("domain_id", ""))
    return _named(domain) if domain else {"id": record.get("domain_id"), "name": None}
