"""QoS policies, their rules, and who uses them."""
