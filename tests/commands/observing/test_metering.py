"""Metering at sites that cannot see each other."""

from tests.commands.replica import Replica
from weft.commands.observing.metering import (
    CreateMeteringLabel,
    CreateMeteringLabelRule,
    create_labels,
    create_rules,
    delete_label,
    delete_rule,
)


def test_a_label_deleted_while_another_site_adds_a_rule_lives_as_long_as_the_rule():
    a, b = Replica("a"), Replica("b", seed=7)
    label = a.do(create_labels, [CreateMeteringLabel(project_id="p")])[0].key.id
    b.hear(a)
    a.do(delete_label, label)
    request = CreateMeteringLabelRule(
        project_id="p", metering_label_id=label, direction="ingress", source_ip_prefix="10.0.0.0/8"
    )
    rule = b.do(create_rules, [request])[0].key.id
    a.hear(b)
    b.hear(a)
    for site in (a, b):
        assert site.state.get("metering_label", label) is not None
    a.do(delete_rule, rule)
    assert a.state.get("metering_label", label) is None
