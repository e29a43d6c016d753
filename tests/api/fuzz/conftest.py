"""One cloud for all that is asked; whatever it is asked, it is the same cloud afterwards."""

from collections.abc import Iterator

import pytest

from weft.api.identity import passwords

from .cloud import Cloud, fuzzed_cloud


@pytest.fixture(scope="package")
def cloud() -> Iterator[Cloud]:
    patch = pytest.MonkeyPatch()
    patch.setattr(passwords, "MEMORY_KIB", 64)  # hashes cheaply: this is not about passwords
    with fuzzed_cloud() as cloud:
        for kind in ("project", "user", "role"):
            cloud.make(f"/identity/v3/{kind}s", kind, name="spare")
        for number in range(3):
            network = cloud.make("/v2.0/networks", "network", name=f"n{number}", shared=number == 0)
            v4 = {"network_id": network["id"], "ip_version": 4, "cidr": f"10.{number}.0.0/24"}
            v6 = {"network_id": network["id"], "ip_version": 6, "cidr": f"fd00:{number}::/64"}
            cloud.make("/v2.0/subnets", "subnet", **v4)
            cloud.make("/v2.0/subnets", "subnet", **v6)
            cloud.make("/v2.0/ports", "port", network_id=network["id"])
        outside = cloud.make("/v2.0/networks", "network", name="out", is_default=True, **{"router:external": True})
        cloud.make("/v2.0/subnets", "subnet", network_id=outside["id"], ip_version=4, cidr="198.51.100.0/24")
        pool = {"name": "default", "is_default": True, "shared": True, "default_prefixlen": 26}
        cloud.make("/v2.0/subnetpools", "subnetpool", prefixes=["10.99.0.0/20"], **pool)
        yield cloud
    patch.undo()
