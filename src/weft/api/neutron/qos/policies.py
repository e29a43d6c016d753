"""`/v2.0/qos/policies`, described."""

from typing import Any

from weft.api.neutron.resource import Look, Resource
from weft.commands.deleting import deletion
from weft.commands.qos.errors import QosPolicyNotFound
from weft.commands.qos.policies import CreatePolicy, UpdatePolicy, create_policies, delete_policy, update_policy
from weft.commands.qos.rules import rules_of
from weft.store.records import Record
from weft.wire.neutron.qos.policy import POLICY


def _derive(record: Record, look: Look) -> dict[str, Any]:
    rules = [
        {
            **{field: rule.get(field) for field in of.fields},
            "id": rule.key.id,
            "qos_policy_id": record.key.id,
            "type": of.name,
        }
        for of, rule in rules_of(look.state, record.key.id)
    ]
    return {"rules": rules}


POLICIES = Resource(
    name="policy",
    collection="policies",
    path="qos/policies",
    kind="qos_policy",
    bulk=False,
    attributes=POLICY,
    create_request=CreatePolicy,
    update_request=UpdatePolicy,
    create=create_policies,
    update=update_policy,
    delete=deletion("qos_policy", delete_policy),
    not_found=QosPolicyNotFound,
    derive=_derive,
)
