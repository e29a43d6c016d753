"""Address scopes and subnet pools, and the prefixes of subnets."""
