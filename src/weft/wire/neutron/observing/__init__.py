"""Metering and logging as JSON."""
