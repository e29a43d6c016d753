#!/bin/sh
# What dhclient -6 (isc-dhcp-client) runs in a machine: applies the address. See dhclient-script(8).

case "$reason" in
BOUND6 | RENEW6 | REBIND6)
	[ -z "$new_ip6_address" ] || ip -6 addr replace "$new_ip6_address/128" dev "$interface" nodad
	;;
esac
exit 0
