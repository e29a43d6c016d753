"""/weft/v1: what Neutron lacks: sites, nodes, receipts, conflicts, digest, plans, drops, journal."""
