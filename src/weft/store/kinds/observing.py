"""What is counted and what is logged."""

from weft.store.kinds.kind import Kind

METERING_LABEL = Kind("metering_label", indexed=("project_id",))
"""Fields: project_id, name, description, shared."""

METERING_LABEL_RULE = Kind(
    "metering_label_rule", refers=(("metering_label_id", "metering_label"),), indexed=("project_id",)
)
"""Fields: project_id, metering_label_id, direction, excluded, remote_ip_prefix, source_ip_prefix,
destination_ip_prefix (null: any). Never changed, only made and deleted."""

LOG = Kind("log", indexed=("project_id", "resource_id", "target_id"))
"""What is to be logged. Fields: project_id, name, description, resource_type ("security_group"), resource_id, target_id
(a port), event, enabled, created_at. It keeps neither its group nor its port alive: deleting these deletes it."""

KINDS = (METERING_LABEL, METERING_LABEL_RULE, LOG)
