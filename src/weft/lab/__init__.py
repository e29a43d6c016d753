"""Sites, nodes, machines and WANs as network namespaces on one machine."""
