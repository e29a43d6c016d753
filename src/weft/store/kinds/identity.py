"""Keystone's: who may come in, and as what.

No kind here refers to another (`refers`), so nothing holds a deleted user or domain alive: what a cut-off site
added to it meanwhile points nowhere after the merge. Coming back from the dead would be a way in.
Every kind may have `extra` {}: members that a client sent and only wants to see again.
"""

from weft.store.kinds.kind import Kind

SECRET_FIELDS = frozenset({"password_hash", "secret_hash", "sealed_blob"})
"""Never shown: who may read the journal or a conflict need not be able to attack passwords."""

DOMAIN = Kind("domain", indexed=("name",), unique=(("name",),))
"""Fields: name, description, enabled, tags [], options {}, tokens_valid_after_ms (older tokens for it are void)."""
DOMAIN_CONFIG = Kind("domain_config", indexed=("domain_id",))
"""What its administrator configured for a domain; nothing here reads it. id = the domain's. Fields: domain_id,
sealed_blob (JSON {group: {option: value}}, sealed with a key of the fabric's)."""
PROJECT = Kind("project", indexed=("name", "domain_id", "parent_id"), unique=(("domain_id", "name"),))
"""Fields: name, description, enabled, domain_id, parent_id (a project, or the domain), is_domain (False), tags [],
options {}, tokens_valid_after_ms."""
USER = Kind("user", indexed=("name", "domain_id"), unique=(("domain_id", "name"),))
"""Fields: name, email, description, enabled, domain_id, default_project_id, options {}, password_hash (argon2id),
tokens_valid_after_ms (older tokens of this user are void)."""
GROUP = Kind("group", indexed=("name", "domain_id"), unique=(("domain_id", "name"),))
"""Fields: name, description, domain_id."""
MEMBERSHIP = Kind("membership", indexed=("user_id", "group_id"))
"""id = hash of (group, user). Fields: group_id, user_id."""
ROLE = Kind("role", indexed=("name", "domain_id"), unique=(("domain_id", "name"),))
"""Fields: name, description, domain_id (None: of the whole fabric), options {}."""
IMPLIED_ROLE = Kind("implied_role", indexed=("prior_role_id", "implied_role_id"))
"""Who has the one has the other. id = hash of both. Fields: prior_role_id, implied_role_id."""
ASSIGNMENT = Kind("assignment", indexed=("user_id", "group_id", "project_id", "domain_id", "role_id"))
"""id = hash of (user or group, target, role, inherited). Fields: user_id | group_id, project_id | domain_id | system,
role_id, inherited (holds in the projects below, not in the target)."""
APPLICATION_CREDENTIAL = Kind(
    "application_credential", indexed=("user_id", "project_id", "name"), unique=(("user_id", "name"),)
)
"""A user's rights in one project, for a program. Fields: user_id, project_id, name, description, secret_hash, role_ids
[], unrestricted, expires_at_us (None: never), access_rule_ids []. Never changed; deleted or not."""
ACCESS_RULE = Kind("access_rule", indexed=("user_id",))
"""id = hash of (user, service, method, path), unless the client chose one. Fields: user_id, service, method, path."""
TRUST = Kind("trust", indexed=("trustor_user_id", "trustee_user_id", "project_id"))
"""What one user lets another do in its name. Fields: trustor_user_id, trustee_user_id, project_id, role_ids [],
impersonation, expires_at_us (None: never), remaining_uses (None: any number)."""
CREDENTIAL = Kind("credential", indexed=("user_id", "project_id"))
"""What a user keeps here for another service (EC2 keys). Fields: user_id, project_id, type, sealed_blob (sealed with
a key of the fabric's)."""
POLICY = Kind("policy")
"""A text that some service may fetch. Fields: type, blob."""
REGION = Kind("region")
"""Made by an operator, besides those that follow from the sites. Fields: description, parent_region_id."""
SERVICE = Kind("service", indexed=("type", "name"))
"""Made by an operator, besides Weft's own. Fields: type, name, description, enabled."""
ENDPOINT = Kind("endpoint", indexed=("service_id",))
"""Of such a service. Fields: service_id, interface, url, region_id, enabled."""
ENDPOINT_GROUP = Kind("endpoint_group")
"""Endpoints that have something in common. Fields: name, description, filters {service_id, region_id, interface}."""
PROJECT_ENDPOINT = Kind("project_endpoint", indexed=("project_id", "endpoint_id"))
"""A project's catalogue shows it; with any of these, nothing else. id = hash of both. Fields: project_id,
endpoint_id."""
PROJECT_ENDPOINT_GROUP = Kind("project_endpoint_group", indexed=("project_id", "endpoint_group_id"))
"""Likewise, of a group. id = hash of both. Fields: project_id, endpoint_group_id."""
POLICY_ASSOCIATION = Kind("policy_association", indexed=("policy_id", "endpoint_id", "service_id"))
"""Which policy an endpoint goes by. id = hash of what it is for. Fields: policy_id, endpoint_id | service_id, region_id
(None: everywhere)."""
IDENTITY_PROVIDER = Kind("identity_provider", indexed=("domain_id",))
"""Who elsewhere says who somebody is; id as its operator named it. Fields: enabled, description, domain_id,
authorization_ttl, remote_ids []."""
FEDERATION_PROTOCOL = Kind("federation_protocol", indexed=("idp_id", "mapping_id"))
"""How such a provider says it. id = hash of provider and name. Fields: idp_id, protocol_id, mapping_id,
remote_id_attribute."""
MAPPING = Kind("mapping")
"""What follows from what it says. Fields: rules [], schema_version."""
SERVICE_PROVIDER = Kind("service_provider")
"""A cloud that takes our word for who somebody is. Fields: auth_url, sp_url, enabled, description,
relay_state_prefix."""
CONSUMER = Kind("consumer")
"""A program that may ask for OAuth tokens. Fields: description, sealed_blob (JSON {secret}, sealed with a key of the
fabric's)."""
REGISTERED_LIMIT = Kind(
    "registered_limit", indexed=("service_id",), unique=(("service_id", "region_id", "resource_name"),)
)
"""A default that services may look up. Fields: service_id, region_id, resource_name, default_limit, description."""
LIMIT = Kind("limit", indexed=("project_id", "domain_id"))
"""A project's or domain's own. Fields: project_id | domain_id, service_id, region_id, resource_name, resource_limit,
description."""
REVOCATION = Kind("revocation")
"""A token revoked before its time. id = the token's audit id. Fields: expires_at_ms."""

KINDS = (
    DOMAIN, DOMAIN_CONFIG, PROJECT, USER, GROUP, MEMBERSHIP, ROLE, IMPLIED_ROLE, ASSIGNMENT, APPLICATION_CREDENTIAL,
    ACCESS_RULE, TRUST, CREDENTIAL, POLICY, REGION, SERVICE, ENDPOINT, ENDPOINT_GROUP, PROJECT_ENDPOINT,
    PROJECT_ENDPOINT_GROUP, POLICY_ASSOCIATION, IDENTITY_PROVIDER, FEDERATION_PROTOCOL, MAPPING, SERVICE_PROVIDER,
    CONSUMER, REGISTERED_LIMIT, LIMIT, REVOCATION,
)  # fmt: skip
"""What the identity API reads: a token is looked at again when one of these changed."""
