"""Agents, availability zones, flavors and the like as JSON."""
