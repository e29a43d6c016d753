"""Neutron's JSON dialect as data: every attribute with its type, default and rights; pure."""
