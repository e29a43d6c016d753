"""Sharing: entries that open one project's objects to others, and what follows from them."""
