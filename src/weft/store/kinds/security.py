"""What may reach a port: security groups, their rules, the templates of rules, groups of addresses."""

from weft.store.kinds.kind import Kind

SECURITY_GROUP = Kind("security_group", indexed=("project_id", "name"))
"""Fields: project_id, name, description, stateful, tags [], created_at (a default group has none: see
commands/security/default_group.py), rules_changed (always true: written with every change of its rules, so that the
group's revision grows). The default group of a project has an ID that follows from the project's."""

SECURITY_GROUP_RULE = Kind(
    "security_group_rule",
    refers=(
        ("security_group_id", "security_group"),
        ("remote_group_id", "security_group"),
        ("remote_address_group_id", "address_group"),
    ),
    indexed=("project_id",),
)
"""id = hash of the group and of what the rule says: the same rule made at two sites is one record. Fields: project_id,
security_group_id, direction, ethertype, protocol, port_range_min, port_range_max, remote_ip_prefix, remote_group_id,
remote_address_group_id, description. Never changed, only made and deleted."""

DEFAULT_SECURITY_GROUP_RULE = Kind("default_security_group_rule")
"""A template: new groups get such a rule. Fields: as of a rule, without project and group, but used_in_default_sg and
used_in_non_default_sg; remote_group_id "PARENT" is the new group itself. Four are seeded."""

ADDRESS_GROUP = Kind("address_group", indexed=("project_id", "name"))
"""Fields: project_id, name, description, created_at, and "address.<prefix>" → whether it is in: two sites may add
and remove different ones at once, and all of it holds."""

DEFAULT_STATEFULNESS = Kind("security_groups_default_statefulness", indexed=("project_id",))
"""Whether new groups are stateful. id = hash of the project. Fields: project_id (None: all others), stateful."""

KINDS = (SECURITY_GROUP, SECURITY_GROUP_RULE, DEFAULT_SECURITY_GROUP_RULE, ADDRESS_GROUP, DEFAULT_STATEFULNESS)
