"""Neutron v2.0 over commands and state: one engine, and a description for each resource."""

from weft.api.neutron.app import neutron_app
from weft.api.neutron.openapi import openapi_paths

__all__ = ["neutron_app", "openapi_paths"]
