"""Who else may use what somebody owns (Neutron: RBAC policies)."""

from weft.store.kinds.kind import Kind

RBAC_POLICY = Kind(
    "rbac_policy",
    indexed=("project_id", "object_id", "target_project"),
    unique=(("object_id", "action", "target_project"),),
)
"""One entry: a project, or all ("*"), may do `action` with an object. id = hash of (object, action, target), so that
the same entry made at two sites is one record; an entry whose target was changed keeps its id. Fields: project_id
(whose entry it is), object_type, object_id, action ("access_as_shared", "access_as_external"), target_project,
created_at. It is no reference: an entry keeps nothing alive, and one whose object is gone says nothing."""

KINDS = (RBAC_POLICY,)
