"""The story, in its order."""

from weft.lab.demo.loss import everything_killed, site_lost
from weft.lab.demo.partition import cut_off_and_busy, healed
from weft.lab.demo.weave import everyone_reached, machines_started, network_woven, sites_up

ACTS = (
    sites_up,
    network_woven,
    machines_started,
    everyone_reached,
    cut_off_and_busy,
    healed,
    site_lost,
    everything_killed,
)
