"""`/v2.0/qos/policies/{id}/…_rules`, and the same rules by their own IDs: `/v2.0/qos/alias_…_rules/{id}`."""

from functools import partial

import msgspec

from weft.api.neutron.resource import VERBS, Parent, Resource
from weft.commands.qos.errors import QosRuleNotFound
from weft.commands.qos.rules import create_request, create_rules, delete_rule, update_request, update_rule
from weft.wire.neutron.attributes import Attribute
from weft.wire.neutron.qos.rules import RULE_TYPES, RuleType

WITHOUT_ALIAS = {"packet_rate_limit"}  # Neutron has none for it


def rules(of: RuleType) -> Resource:
    """Return the rules of one type, as parts of their policies."""
    return Resource(
        name=f"{of.name}_rule",
        collection=f"{of.name}_rules",
        kind=of.kind,
        parent=Parent("policy", "qos_policy_id"),
        bulk=False,
        attributes=of.attributes(),
        create_request=create_request(of),
        update_request=update_request(of),
        create=partial(create_rules, of),
        update=partial(update_rule, of),
        delete=partial(delete_rule, of),
        not_found=QosRuleNotFound,
    )


def aliases(of: RuleType) -> Resource:
    """Return the rules of one type, by their own IDs: they are shown, changed and deleted."""
    whole = rules(of)
    return Resource(
        name=f"alias_{of.name}_rule",
        collection=f"alias_{of.name}_rules",
        path=f"qos/alias_{of.name}_rules",
        kind=of.kind,
        verbs=VERBS - {"create", "list"},
        attributes=tuple(_not_posted(attribute) for attribute in whole.attributes),
        update_request=whole.update_request,
        update=whole.update,
        delete=whole.delete,
        not_found=QosRuleNotFound,
    )


def _not_posted(attribute: Attribute) -> Attribute:
    return msgspec.structs.replace(attribute, post=False)


RULES = tuple(rules(of) for of in RULE_TYPES)
ALIASES = tuple(aliases(of) for of in RULE_TYPES if of.name not in WITHOUT_ALIAS)
