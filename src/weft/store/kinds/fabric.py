"""The fabric's own records."""

from weft.store.kinds.kind import Kind

SITE = Kind("site")
"""A site. id = its name. Fields: number, nats_url (as other sites dial it), api_url (public), region,
dead (True after an operator declared it lost), epoch (bumped then). Written by its own weftd; `dead` by any."""

NODE = Kind("node", refers=(("site", "site"),), indexed=("site",))
"""A machine. id = its host name (= binding:host_id). Fields: site, underlay_ip, api_url. Written by its own weftd."""

CONFLICT = Kind("conflict")
"""What a merge dropped, kept or found at odds. id = hash of its content, stamps copied from it, so that every site that
notices writes the very same record. Fields: what ("field", "duplicate", "clash", "kept", "delete-won", "astray"), kind,
id_of (record), scope, field, won {value, ms, site}, lost {value, ms, site}, message (one sentence)."""

POOL = Kind("pool")
"""Grants of a pool that is not a subnet. id = "vni", "mac" (written by the giver, site number 1) or "subnetpool.<id>".
Fields: see blocks.py; of a subnet pool also giver (site) and "last.<site>", written by each as it cuts a prefix."""

LEASE = Kind("lease")
"""Who hands out items at a site. id = the site's name. Fields: holder (the name of a process's life, which does so
alone and without locks; "": every process may, with locks), turn (grows, so that there can be a next version that says
the same). Written by the site's own weftds, and of use to them only; see nats/lease.py."""

KINDS = (SITE, NODE, CONFLICT, POOL, LEASE)
