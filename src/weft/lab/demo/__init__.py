"""The demo: three sites, one network, a WAN that is cut and a site that is lost, told and measured (`make demo`)."""
