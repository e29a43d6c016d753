"""Trunks: one port that carries others."""

from weft.api.neutron.extension import Extension
from weft.api.neutron.trunks.trunks import TRUNKS

RESOURCES = (TRUNKS,)

EXTENSIONS = (
    Extension("trunk", "Trunk Extension", "2016-01-01T10:00:00-00:00", "Provides support for trunk ports"),
    Extension("trunk-details", "Trunk port details", "2016-01-01T10:00:00-00:00", "Expose trunk port details"),
)
