"""The executable specification of the data plane: tables and a packet in, verdict and packets out, in plain Python."""

from weft.dataplane.reference.model import Model
from weft.dataplane.reference.result import UNDERLAY, Packet, Result

__all__ = ["UNDERLAY", "Model", "Packet", "Result"]
