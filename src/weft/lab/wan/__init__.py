"""The WAN between the lab's sites: which pairs are cut, which are slow, and who slows them."""
