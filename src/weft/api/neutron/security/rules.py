"""`/v2.0/security-group-rules`, described."""

from ipaddress import ip_interface
from typing import Any

from weft.api.neutron.resource import Look, Resource
from weft.api.neutron.security.default_group import ensure_default_group
from weft.api.neutron.security.times import times_of
from weft.commands.deleting import deletion
from weft.commands.security.default_group import is_default_group
from weft.commands.security.errors import SecurityGroupRuleNotFound
from weft.commands.security.rules import CreateRule, create_rules, delete_rule
from weft.store.kinds import SECURITY_GROUP
from weft.store.records import Record
from weft.wire.neutron.security.rule import SECURITY_GROUP_RULE


def rule_document(rule: Record, look: Look) -> dict[str, Any]:
    """Return a rule as groups show it."""
    stored = {one.name: rule.get(one.key, one.empty) for one in SECURITY_GROUP_RULE if not one.derived}
    return {"id": rule.key.id, **stored, **_derive(rule, look), "tags": []}


def _derive(rule: Record, look: Look) -> dict[str, Any]:
    prefix = rule.get("remote_ip_prefix")
    group = look.state.get(SECURITY_GROUP.name, rule.get("security_group_id", ""))
    return {
        "normalized_cidr": str(ip_interface(prefix).network) if prefix else None,
        "belongs_to_default_sg": group is not None and is_default_group(group),
        "revision_number": rule.revision - 1,  # Neutron counts changes, and a rule sees none
        **times_of(rule, look),
    }


RULES = Resource(
    name="security_group_rule",
    collection="security_group_rules",
    path="security-group-rules",
    verbs=frozenset({"list", "show", "create", "delete"}),
    attributes=SECURITY_GROUP_RULE,
    create_request=CreateRule,
    create=create_rules,
    delete=deletion("security_group_rule", delete_rule),
    not_found=SecurityGroupRuleNotFound,
    derive=_derive,
    ensure=ensure_default_group,
    ensured=frozenset({"list"}),
)
