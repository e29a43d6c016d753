"""Trunks: one port that carries others."""
