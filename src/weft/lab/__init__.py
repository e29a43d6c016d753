"""The lab: sites, nodes, machines and WANs as network namespaces of this machine; `weft lab …` drives it."""
