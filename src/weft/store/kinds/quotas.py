"""How much of what a project may have, and which part of that each site may hand out."""

from weft.store.kinds.kind import Kind

QUOTA = Kind("quota")
"""Limits that an administrator set. id = the project's, or quotas.DEFAULTS_ID for all projects. Fields: one per
resource ("network", "port"…): the limit, -1 = none, null = the default again."""

QUOTA_SHARE = Kind("quota_share")
"""How parts of one limit moved between sites. id = uuid5 of resource and project. Fields: project_id, resource,
"moved.<from>.<to>" → how many in all (written by the giver only; grows), "turn.<site>" → a number that the site
raises with creates close to its share, so that its processes take turns (compare-and-set)."""

KINDS = (QUOTA, QUOTA_SHARE)
