"""Security groups, their rules, the templates of rules, and address groups: what commands decide about them."""
