#!/bin/sh
# What udhcpc (busybox) runs in a machine: applies what DHCP said. The lab sets WEFT_RESOLV and WEFT_METRIC.
# Option names: busybox networking/udhcp/common.c.

case "$1" in
deconfig)
	ip link set "$interface" up
	;;
bound | renew)
	[ -z "$mtu" ] || ip link set "$interface" mtu "$mtu"
	ip addr replace "$ip/${mask:-32}" dev "$interface"
	if [ -n "$staticroutes" ]; then # RFC 3442: with option 121, option 3 is ignored
		set -- $staticroutes
		while [ $# -ge 2 ]; do
			if [ "$2" = 0.0.0.0 ]; then
				ip route replace "$1" dev "$interface" metric "$WEFT_METRIC"
			else
				ip route replace "$1" via "$2" dev "$interface" onlink metric "$WEFT_METRIC"
			fi
			shift 2
		done
	else
		for gateway in $router; do
			ip route replace default via "$gateway" dev "$interface" onlink metric "$WEFT_METRIC"
			break
		done
	fi
	{
		[ -z "$domain" ] || echo "search $domain"
		for server in $dns; do echo "nameserver $server"; done
	} >"$WEFT_RESOLV"
	;;
esac
exit 0
