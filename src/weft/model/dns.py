"""The domain that machines' names are in."""

DNS_DOMAIN = "weft.internal."  # .internal is kept for private use (ICANN, 2024); Neutron: dns_domain
