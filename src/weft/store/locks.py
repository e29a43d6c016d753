"""Which locks (claims) a record's items are still under, whoever took them: for giving them back early.

A lock outlives the commit that took it until the item's record is in every view of the site. When the record
is deleted or drops the item, the lock has nothing left to guard, and the next who asks for that very item
should not be told that it is taken.
"""

from collections.abc import Iterator, Sequence

from weft.store.clock import hlc_from_ms
from weft.store.paths import rows_at
from weft.store.pools import ADDRESS_PATHS, MAC, PREFIX_POOL, SUBNET_PREFIX, VNI
from weft.store.records import DELETED, Record, write
from weft.store.writes import Claim, Writes

CLAIM_TTL_S = 60  # far longer than any process's view may lag


def outlived(before: Sequence[Record | None], writes: Writes, now_ms: int) -> set[Claim]:
    """Return the locks that will guard nothing any more once `writes` have changed `before`, their records as they are.

    The write takes their items from who has them.
    """
    if not any(before):
        return set()
    since_hlc = hlc_from_ms(now_ms - CLAIM_TTL_S * 1000)
    held = {claim for record in before if record for claim in locks_of(record, since_hlc)}
    if not held:
        return held
    after = [
        write(record, one.key, one.values, since_hlc, "") for record, one in zip(before, writes.writes, strict=True)
    ]
    kept = {claim for record in after if record.get(DELETED) is not True for claim in locks_of(record, since_hlc)}
    return held - kept


def locks_of(record: Record, since_hlc: int) -> Iterator[Claim]:
    """Yield the locks under which the record's items may have been written at `since_hlc` or later.

    Some of them may never have been taken: nobody locks an address that a machine forms itself.
    """
    if record.key.kind == "network" and _is_recent(record, "vni", since_hlc):
        yield Claim(VNI, str(record.get("vni")))
    if record.key.kind == "segment" and _is_recent(record, "key", since_hlc):
        of, _, number = str(record.get("key")).partition(":")
        yield Claim(VNI, number) if of == "vxlan" else Claim("segment", str(record.get("key")))
    if record.key.kind == "subnet" and record.get("subnetpool_id") and _is_recent(record, "cidr", since_hlc):
        yield Claim(f"{PREFIX_POOL}{record.get('subnetpool_id')}", str(record.get("cidr")))
    if record.key.kind in ("trunk", "subport") and _is_recent(record, "port_id", since_hlc):
        yield Claim("trunk_port", str(record.get("port_id")))
    if record.key.kind == "subport" and _is_recent(record, "segmentation_id", since_hlc):
        yield Claim(f"trunk.{record.get('trunk_id')}", str(record.get("segmentation_id")))
    if record.key.kind == "conntrack_helper" and _is_recent(record, "helper", since_hlc):
        content = "/".join(str(record.get(name)) for name in ("protocol", "port", "helper"))
        yield Claim(f"conntrack_helper.{record.get('router_id')}", content)
    if record.key.kind == "floatingip" and record.get("port_id") and _is_recent(record, "port_id", since_hlc):
        led = f"{record.get('port_id')}/{record.get('fixed_ip_address')}"
        yield Claim(f"floatingip.{record.get('floating_network_id')}", led)
    if record.key.kind == "router" and record.get("evpn_vni") and _is_recent(record, "evpn_vni", since_hlc):
        yield Claim("evpn_vni", str(record.get("evpn_vni")))
    if record.key.kind == "ndp_proxy" and _is_recent(record, "ip_address", since_hlc):
        yield Claim(f"ndp_proxy.{record.get('router_id')}", str(record.get("ip_address")))
    if record.key.kind != "port":
        return
    if _is_recent(record, "mac_address", since_hlc):
        mac = str(record.get("mac_address"))
        yield Claim(MAC, mac)
        yield Claim(f"{MAC}.{record.get('network_id')}", mac)
    if _is_recent(record, "fixed_ips", since_hlc):
        for subnet_id, address in rows_at(record, ADDRESS_PATHS):
            yield Claim(f"{SUBNET_PREFIX}{subnet_id}", str(address))


def _is_recent(record: Record, field: str, since_hlc: int) -> bool:
    held = record.fields.get(field)
    return held is not None and held.stamp.hlc >= since_hlc
