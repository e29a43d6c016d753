"""Security groups, their rules, templates of rules, and address groups, as JSON."""
