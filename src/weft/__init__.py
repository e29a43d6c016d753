"""Weft weaves many small, far-apart data centres into one cloud."""

__version__ = "0.1.0"
