"""Attributes of routers and floating IPs, and of what belongs to them."""
