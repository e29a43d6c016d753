"""HTTP: the Neutron, Keystone and /weft/v1 dialects over commands and state."""
