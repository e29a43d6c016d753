"""A built-in identity service that speaks enough Keystone v3 for stock clients; replicated like all state."""
