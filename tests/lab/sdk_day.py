"""A tenant's day at one site, with openstacksdk: run as a program in the lab, prints the IDs of what stays as JSON.

sdk_day.py CLOUD WORD     WORD goes into every name and decides the prefixes
"""

import json
import sys
import warnings

import openstack

warnings.simplefilter("ignore")


def main(cloud: str, word: str) -> None:
    admin = openstack.connect(cloud=cloud)
    tenant = openstack.connect(cloud=f"{cloud}-demo")
    third = 10 + sum(word.encode()) % 200
    made: dict[str, str] = {}

    def keep(kind: str, thing: openstack.resource.Resource) -> openstack.resource.Resource:
        made[kind] = thing.id
        return thing

    outside = keep("networks", admin.network.create_network(name=f"out-{word}", is_router_external=True))
    admin.network.create_subnet(network_id=outside.id, ip_version=4, cidr=f"203.0.{third}.0/24", enable_dhcp=False)
    inside = tenant.network.create_network(name=f"in-{word}")
    subnet = keep(
        "subnets", tenant.network.create_subnet(network_id=inside.id, ip_version=4, cidr=f"10.{third}.0.0/24")
    )
    router = keep(
        "routers", tenant.network.create_router(name=f"r-{word}", external_gateway_info={"network_id": outside.id})
    )
    tenant.network.add_interface_to_router(router, subnet_id=subnet.id)
    group = keep("security-groups", tenant.network.create_security_group(name=f"g-{word}"))
    rule = {"security_group_id": group.id, "direction": "ingress", "ethertype": "IPv4", "protocol": "tcp"}
    keep(
        "security-group-rules", tenant.network.create_security_group_rule(**rule, port_range_min=80, port_range_max=80)
    )
    port = keep("ports", tenant.network.create_port(network_id=inside.id, security_group_ids=[group.id]))
    keep("floatingips", tenant.network.create_ip(floating_network_id=outside.id, port_id=port.id))
    keep("trunks", tenant.network.create_trunk(name=f"t-{word}", port_id=port.id))
    policy = keep("qos/policies", admin.network.create_qos_policy(name=f"q-{word}"))
    admin.network.create_qos_bandwidth_limit_rule(policy, max_kbps=1000)
    pool = keep("subnetpools", tenant.network.create_subnet_pool(name=f"p-{word}", prefixes=[f"10.{third}.128.0/18"]))
    other = tenant.network.create_network(name=f"of-the-pool-{word}")
    cut = tenant.network.create_subnet(network_id=other.id, ip_version=4, subnet_pool_id=pool.id, prefix_length=28)
    tenant.network.delete_subnet(cut)
    gone = tenant.network.create_port(network_id=inside.id)
    tenant.network.delete_port(gone)
    tenant.network.update_port(port, name=f"renamed-{word}")
    tenant.network.set_tags(port, [word])
    print(json.dumps(made))


if __name__ == "__main__":
    main(*sys.argv[1:])
