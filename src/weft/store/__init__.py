"""Replicated state: clock, records and their merging, delegation of scarce things, the site's log and its peers."""
