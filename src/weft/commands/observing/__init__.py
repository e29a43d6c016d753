"""Metering and logging."""
