"""/v3/projects."""

from typing import Any

from weft.store.records import Record


def project_body(record: Record, base: str) -> dict[str, Any]:
    """Return a project in Keystone's form."""
    return {
        "id": record.key.id,
        "name": record.get("name"),
        "domain_id": record.get("domain_id"),
        "parent_id": record.get("parent_id") or record.get("domain_id"),
        "description": record.get("description") or "",
        "enabled": record.get("enabled"),
        "is_domain": bool(record.get("is_domain")),
        "tags": list(record.get("tags") or ()),
        "options": {},
        "links": {"self": f"{base}/projects/{record.key.id}"},
    }
