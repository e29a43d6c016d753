"""`/v2.0/security-groups`, described."""

from typing import Any

from weft.api.neutron.resource import Look, Resource
from weft.api.neutron.security.default_group import ensure_default_group
from weft.api.neutron.security.rules import rule_document
from weft.api.neutron.security.times import times_of
from weft.commands.deleting import deletion
from weft.commands.errors import SecurityGroupNotFound
from weft.commands.security.groups import CreateGroup, UpdateGroup, create_groups, delete_group, update_group
from weft.commands.security.rules import rules_of
from weft.store.records import Record
from weft.wire.neutron.security.group import SECURITY_GROUP


def _derive(record: Record, look: Look) -> dict[str, Any]:
    rules = rules_of(look.state, record.key.id)
    return {
        "security_group_rules": [rule_document(rule, look) for rule in rules],
        **times_of(record, look),
    }


GROUPS = Resource(
    name="security_group",
    collection="security_groups",
    path="security-groups",
    attributes=SECURITY_GROUP,
    create_request=CreateGroup,
    update_request=UpdateGroup,
    create=create_groups,
    update=update_group,
    delete=deletion("security_group", delete_group),
    not_found=SecurityGroupNotFound,
    derive=_derive,
    ensure=ensure_default_group,
    ensured=frozenset({"list", "create"}),
)
