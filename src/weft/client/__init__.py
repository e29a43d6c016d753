"""Typed client of /weft/v1: where a cloud is, a session with it, and its answers as types."""

from weft.client.clouds import Cloud, NoCloud, find_cloud
from weft.client.fabric import FabricClient
from weft.client.session import Session

__all__ = ["Cloud", "FabricClient", "NoCloud", "Session", "find_cloud"]
