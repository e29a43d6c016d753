"""The API is asked things that it was not made for: one cloud for all of it."""
