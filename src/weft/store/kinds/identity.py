"""Keystone's: who may come in, and as what."""

from weft.store.kinds.kind import Kind

DOMAIN = Kind("domain")
"""Fields: name, description, enabled."""
PROJECT = Kind("project", indexed=("name", "domain_id"), unique=(("domain_id", "name"),))
"""Fields: name, description, enabled, domain_id, parent_id, is_domain, tags []."""
USER = Kind("user", indexed=("name", "domain_id"), unique=(("domain_id", "name"),))
"""Fields: name, email, description, enabled, domain_id, default_project_id, password_hash (argon2id),
tokens_valid_after_ms (older tokens of this user are void)."""
ROLE = Kind("role", indexed=("name",))
"""Fields: name, description, domain_id."""
ASSIGNMENT = Kind("assignment", indexed=("user_id", "project_id", "role_id"))
"""id = hash of (user, target, role). Fields: user_id, project_id | domain_id | system, role_id."""
REVOCATION = Kind("revocation")
"""A token revoked before its time. id = the token's audit id. Fields: expires_at_ms."""

KINDS = (DOMAIN, PROJECT, USER, ROLE, ASSIGNMENT, REVOCATION)
