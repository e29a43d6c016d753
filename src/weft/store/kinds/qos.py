"""Quality of service: policies and their rules."""

from weft.store.kinds.kind import Kind

QOS_POLICY = Kind("qos_policy", indexed=("project_id",))
"""Fields: project_id, name, description, is_default, tags [], created_at."""


def _rule(type_name: str, *same: str) -> Kind:
    return Kind(
        f"qos_{type_name}_rule",
        refers=(("qos_policy_id", "qos_policy"),),
        indexed=("project_id",),
        unique=(("qos_policy_id", *same),),  # of one type and direction a policy has one rule
    )


QOS_BANDWIDTH_LIMIT = _rule("bandwidth_limit", "direction")
QOS_DSCP_MARKING = _rule("dscp_marking")
QOS_MINIMUM_BANDWIDTH = _rule("minimum_bandwidth", "direction")
QOS_MINIMUM_PACKET_RATE = _rule("minimum_packet_rate", "direction")
QOS_PACKET_RATE_LIMIT = _rule("packet_rate_limit", "direction")
"""Fields: qos_policy_id, project_id (the policy's), created_at, direction, and of each type its own: max_kbps and
max_burst_kbps, dscp_mark, min_kbps, min_kpps, max_kpps and max_burst_kpps."""

KINDS = (
    QOS_POLICY,
    QOS_BANDWIDTH_LIMIT,
    QOS_DSCP_MARKING,
    QOS_MINIMUM_BANDWIDTH,
    QOS_MINIMUM_PACKET_RATE,
    QOS_PACKET_RATE_LIMIT,
)
