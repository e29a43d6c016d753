"""Agents, availability zones, flavors and the like."""
