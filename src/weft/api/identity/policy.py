"""Who may: the secure-RBAC defaults of Keystone 30 (`keystone/common/policies/`), as data.

`admin` may everything. A `reader` of the whole fabric may see everything. A `reader` of a domain may see what is
in the domain, a `manager` of it may change that. Everyone may see and change what is one's own, as told below.
"""

from collections.abc import Callable

import msgspec

from weft.api.caller import Caller
from weft.model import Denied


class Forbidden(Denied):
    """The caller is known, but may not do this."""

    code = "forbidden"

    def __init__(self, action: str = "") -> None:
        super().__init__(f"You are not authorized to perform the requested action{': ' if action else ''}{action}.")


class About(msgspec.Struct, frozen=True):
    """What a request is about, as far as rules look at it."""

    domain_ids: tuple[str | None, ...] = ()  # of each thing concerned: a grant concerns a user and a project
    user_id: str | None = None  # whose it is
    project_id: str | None = None
    role_name: str | None = None
    role_domain_id: str | None = None


NOTHING = About()
MANAGERS_GIVE = ("manager", "member", "reader")  # what a domain's manager may hand on

Rule = Callable[[Caller, About], bool]


def admin(who: Caller, about: About) -> bool:
    """The role `admin`, wherever it is held: as in stock Keystone."""
    return who.is_admin


def system_reader(who: Caller, about: About) -> bool:
    """Sees the whole fabric."""
    return who.system_scope is not None and "reader" in who.roles


def domain_reader(who: Caller, about: About) -> bool:
    """Sees its own domain."""
    return "reader" in who.roles and _in_own_domain(who, about)


def domain_reader_of_role(who: Caller, about: About) -> bool:
    """Sees its own domain, and who holds this role there: none of another domain's."""
    return domain_reader(who, about) and about.role_domain_id in (None, who.domain_id)


def domain_manager(who: Caller, about: About) -> bool:
    """Changes its own domain."""
    return "manager" in who.roles and _in_own_domain(who, about)


def any_domain_manager(who: Caller, about: About) -> bool:
    """Manages some domain."""
    return "manager" in who.roles and who.domain_id is not None


def manager_of_role(who: Caller, about: About) -> bool:
    """Manages some domain, and may hand this role on there."""
    return any_domain_manager(who, about) and about.role_name in MANAGERS_GIVE and about.role_domain_id is None


def granting_manager(who: Caller, about: About) -> bool:
    """Gives and takes the lesser roles in its own domain."""
    return domain_manager(who, about) and about.role_name in MANAGERS_GIVE and about.role_domain_id is None


def owner(who: Caller, about: About) -> bool:
    """It is the caller's own."""
    return who.user_id == about.user_id


def acting_owner(who: Caller, about: About) -> bool:
    """It is the caller's own, who may do more than look."""
    return "member" in who.roles and owner(who, about)


def system_admin(who: Caller, about: About) -> bool:
    """Runs the whole fabric, with a token that says so."""
    return who.system_scope is not None and who.is_admin


def in_project(who: Caller, about: About) -> bool:
    """The token is for the project asked about."""
    return who.project_id is not None and who.project_id == about.project_id


def at_home(who: Caller, about: About) -> bool:
    """The token is for the domain asked about, or for a project in it."""
    return about.domain_ids != (None,) and about.domain_ids in ((who.domain_id,), (who.project_domain_id,))


def anyone(who: Caller, about: About) -> bool:
    """Whoever holds a token."""
    return True


_SEE_ALL = (admin, system_reader)
_SEE_DOMAIN = (admin, system_reader, domain_reader)
_CHANGE_DOMAIN = (admin, domain_manager)
_SEE_OWN = (admin, system_reader, owner)

RULES: dict[str, tuple[Rule, ...]] = {
    "list_domains": _SEE_DOMAIN, "get_domain": (admin, system_reader, at_home),
    "get_domain_config": _SEE_ALL, "get_domain_config_default": _SEE_ALL,
    "get_security_compliance_domain_config": (anyone,),
    "list_projects": _SEE_DOMAIN, "get_project": (*_SEE_DOMAIN, in_project),
    "list_project_tags": (*_SEE_DOMAIN, in_project), "get_project_tag": (*_SEE_DOMAIN, in_project),
    "create_project": _CHANGE_DOMAIN, "update_project": _CHANGE_DOMAIN, "delete_project": _CHANGE_DOMAIN,
    "update_project_tags": _CHANGE_DOMAIN, "create_project_tag": _CHANGE_DOMAIN,
    "delete_project_tag": _CHANGE_DOMAIN, "delete_project_tags": _CHANGE_DOMAIN,
    "list_users": _SEE_DOMAIN, "get_user": (*_SEE_DOMAIN, owner), "list_user_projects": (*_SEE_DOMAIN, owner),
    "list_groups_for_user": (*_SEE_DOMAIN, owner), "revoke_tokens_for_user": (admin, owner),
    "create_user": _CHANGE_DOMAIN, "update_user": _CHANGE_DOMAIN, "delete_user": _CHANGE_DOMAIN,
    "list_groups": _SEE_DOMAIN, "get_group": _SEE_DOMAIN, "list_users_in_group": _SEE_DOMAIN,
    "check_user_in_group": _SEE_DOMAIN, "create_group": _CHANGE_DOMAIN, "update_group": _CHANGE_DOMAIN,
    "delete_group": _CHANGE_DOMAIN, "add_user_to_group": _CHANGE_DOMAIN, "remove_user_from_group": _CHANGE_DOMAIN,
    "list_roles": (*_SEE_ALL, any_domain_manager), "get_role": (*_SEE_ALL, manager_of_role),
    "list_domain_roles": _SEE_ALL, "get_domain_role": _SEE_ALL,
    "list_role_inference_rules": _SEE_ALL, "list_implied_roles": _SEE_ALL, "get_implied_role": _SEE_ALL,
    "check_implied_role": _SEE_ALL,
    "list_role_assignments": _SEE_DOMAIN, "list_role_assignments_for_tree": _SEE_DOMAIN,
    "check_grant": (*_SEE_ALL, domain_reader_of_role), "list_grants": _SEE_DOMAIN,
    "create_grant": (admin, granting_manager), "revoke_grant": (admin, granting_manager),
    "check_system_grant": _SEE_ALL, "list_system_grants": _SEE_ALL,
    "list_regions": (anyone,), "get_region": (anyone,),
    "list_services": _SEE_ALL, "get_service": _SEE_ALL, "list_endpoints": _SEE_ALL, "get_endpoint": _SEE_ALL,
    **{f"check_policy_association_for_{what}": _SEE_ALL for what in ("endpoint", "service", "region_and_service")},
    "get_policy_for_endpoint": _SEE_ALL, "list_endpoints_for_policy": _SEE_ALL,
    "list_endpoint_groups": _SEE_ALL, "get_endpoint_group": _SEE_ALL, "get_endpoint_group_in_project": _SEE_ALL,
    "list_projects_associated_with_endpoint_group": _SEE_ALL, "list_endpoint_groups_for_project": _SEE_ALL,
    "list_endpoints_associated_with_endpoint_group": _SEE_ALL, "list_projects_for_endpoint": _SEE_ALL,
    "check_endpoint_in_project": _SEE_ALL, "list_endpoints_for_project": _SEE_ALL,
    **{
        f"{verb}_{kind}{plural}": _SEE_ALL
        for kind in ("identity_provider", "protocol", "mapping", "service_provider", "consumer")
        for verb, plural in (("list", "s"), ("get", ""))
    },
    "list_policies": _SEE_ALL, "get_policy": _SEE_ALL,
    "list_application_credentials": _SEE_OWN, "get_application_credential": _SEE_OWN,
    "create_application_credential": (owner,), "delete_application_credential": (admin, owner),
    "list_access_rules": (system_reader, owner), "get_access_rule": (system_reader, owner),
    "delete_access_rule": (system_admin, owner),
    "list_credentials": (anyone,), "get_credential": _SEE_OWN, "create_credential": (admin, owner),
    "update_credential": (admin, owner), "delete_credential": (admin, owner),
    "ec2_list_credentials": _SEE_OWN, "ec2_get_credential": _SEE_OWN,
    "ec2_create_credential": (admin, acting_owner), "ec2_delete_credential": (admin, acting_owner),
    "create_trust": (owner,), "list_trusts": _SEE_ALL, "list_trusts_of_user": _SEE_OWN, "get_trust": _SEE_OWN,
    "delete_trust": (admin, owner),
    "list_limits": (anyone,), "get_limit": (*_SEE_ALL, in_project, at_home), "get_limit_model": (anyone,),
    "list_registered_limits": (anyone,), "get_registered_limit": (anyone,),
    "validate_token": (admin, system_reader, owner), "revoke_token": (admin, owner),
}  # fmt: skip
"""Actions that are not here are for administrators."""

_CHANGED_BY_FABRIC = ("domain", "role", "region", "limit", "registered_limit")
_SEEN_BY_FABRIC = (
    "implied_role", "service", "endpoint", "endpoint_group", "domain_config", "identity_provider",
    "protocol", "mapping", "service_provider", "consumer",
    "policy", "application_credential", "access_rule", "trust", "system_grant",
)  # fmt: skip
_PLURALS = {"policy": "policies"}
NOT_FOR_DOMAINS = frozenset(
    [f"{verb}_{kind}" for kind in (*_CHANGED_BY_FABRIC, *_SEEN_BY_FABRIC) for verb in ("create", "update", "delete")]
    + [f"{verb}_{kind}" for kind in _SEEN_BY_FABRIC for verb in ("get", "check", "revoke")]
    + [f"list_{_PLURALS.get(kind, kind + 's')}" for kind in _SEEN_BY_FABRIC]
    + ["create_limits", "create_registered_limits", "list_role_inference_rules", "list_domain_roles", "get_domain_role"]
    + [f"{verb}_domain_role" for verb in ("create", "update", "delete")]
    + [f"ec2_{verb}_credential" for verb in ("get", "create", "delete")]
    + [
        f"{verb}_policy_association_for_{what}"
        for verb in ("check", "create", "delete")
        for what in ("endpoint", "service", "region_and_service")
    ]
    + [
        "list_trusts_of_user",
        "ec2_list_credentials",
        "get_policy_for_endpoint",
        "list_endpoints_for_policy",
        "get_endpoint_group_in_project",
        "list_projects_associated_with_endpoint_group",
        "list_endpoint_groups_for_project",
        "list_endpoints_associated_with_endpoint_group",
        "add_endpoint_group_to_project",
        "remove_endpoint_group_from_project",
        "list_projects_for_endpoint",
        "add_endpoint_to_project",
        "check_endpoint_in_project",
        "list_endpoints_for_project",
        "remove_endpoint_from_project",
        "get_domain_config_default",
    ]
)
"""What nobody does with a token for a domain, administrators either (their `scope_types` lack it)."""
NOT_FOR_SYSTEM = frozenset({"create_trust"})
"""Nor with one for the whole fabric."""


def enforce(who: Caller, action: str, about: About = NOTHING) -> None:
    """Return if `who` may. Raises Forbidden, which names the action as Keystone does."""
    is_out_of_scope = (who.domain_id is not None and action in NOT_FOR_DOMAINS) or (
        who.system_scope is not None and action in NOT_FOR_SYSTEM
    )
    if is_out_of_scope or not any(rule(who, about) for rule in RULES.get(action, (admin,))):
        raise Forbidden(f"identity:{action}")


def _in_own_domain(who: Caller, about: About) -> bool:
    return who.domain_id is not None and bool(about.domain_ids) and set(about.domain_ids) == {who.domain_id}
