"""The port: `/v2.0/ports`. Source: neutron-lib, api/definitions/port.py and the extensions named beside."""

from weft.wire.neutron import types
from weft.wire.neutron.address_pairs import ADDRESS_PAIRS
from weft.wire.neutron.attributes import REQUIRED, Attribute, Type
from weft.wire.neutron.common import COMMON, ID, NAME, POSTED_TAGS, PROJECT
from weft.wire.neutron.dhcp_options import DHCP_OPTIONS
from weft.wire.neutron.dns import DNS_DOMAIN, PORT_DNS_NAME
from weft.wire.neutron.hints import HINTS

VNIC_TYPES = (
    "normal",
    "direct",
    "macvtap",
    "baremetal",
    "direct-physical",
    "virtio-forwarder",
    "smart-nic",
    "vdpa",
    "accelerator-direct",
    "accelerator-direct-physical",
    "remote-managed",
)

OBJECT_OR_NONE = Type({"type": ["object", "null"]})
TRUSTED = Type({"type": ["boolean", "null"]}, types.to_boolean)  # null: nobody said

PORT: tuple[Attribute, ...] = (
    ID,
    NAME,
    *PROJECT,
    Attribute(
        name="network_id",
        type=types.UUID,
        default=REQUIRED,
        post=True,
        filter=True,
        sort=True,
        index="network_id",
    ),
    Attribute(name="admin_state_up", type=types.BOOLEAN, default=True, post=True, put=True, filter=True, sort=True),
    Attribute(name="status", type=types.STRING, derived=True, filter=True, sort=True),
    Attribute(
        name="mac_address",
        type=types.MAC_OR_NONE,
        post=True,
        put=True,
        filter=True,
        sort=True,
        guarded=True,
        index="mac_address",
        about="null: another one is made.",
    ),
    Attribute(
        name="fixed_ips",
        type=types.FIXED_IPS,
        post=True,
        put=True,
        guarded=True,
        about="Left out: an address of the first IPv4 and of the first stateful IPv6 subnet with space.",
    ),
    Attribute(
        name="device_id",
        type=types.string(255),
        default="",
        post=True,
        put=True,
        filter=True,
        sort=True,
        guarded=True,
        index="device_id",
    ),
    Attribute(
        name="device_owner",
        type=types.string(255),
        default="",
        post=True,
        put=True,
        filter=True,
        sort=True,
        guarded=True,
    ),
    Attribute(  # binding
        name="binding:host_id",
        field="host",
        type=types.HOST,
        post=True,
        put=True,
        filter=True,
        guarded=True,
        index="host",
        about="The node that hosts the workload; empty: unbound.",
    ),
    Attribute(
        name="binding:vnic_type",
        field="vnic_type",
        type=types.one_of(VNIC_TYPES),
        default="normal",
        post=True,
        put=True,
        guarded=True,
    ),
    Attribute(name="binding:profile", field="profile", type=types.PROFILE, post=True, put=True, guarded=True),
    Attribute(name="binding:vif_type", type=types.STRING, derived=True),
    Attribute(name="binding:vif_details", type=types.OBJECT, derived=True),
    Attribute(name="qos_policy_id", type=types.UUID_OR_NONE, default=None, post=True, put=True, guarded=True),
    Attribute(name="qos_network_policy_id", type=types.UUID_OR_NONE, derived=True, about="Its network's policy."),
    Attribute(name="port_security_enabled", type=types.BOOLEAN, post=True, put=True, guarded=True),
    Attribute(
        name="security_groups",
        type=types.UUIDS_OR_NONE,
        post=True,
        put=True,
        filter=True,
        index="security_groups[]",
        about="Left out: the project's default group. Empty or null: none.",
    ),
    Attribute(  # allowed-address-pairs
        name="allowed_address_pairs", type=ADDRESS_PAIRS, default=[], post=True, put=True, guarded=True
    ),
    Attribute(  # extra_dhcp_opt
        name="extra_dhcp_opts",
        type=DHCP_OPTIONS,
        default=[],
        post=True,
        put=True,
        about="On update each adds or changes one option; null as its value takes it away.",
    ),
    Attribute(name="dns_name", type=PORT_DNS_NAME, default="", post=True, put=True),  # dns-integration
    Attribute(name="dns_assignment", type=types.array({"type": "object"}), derived=True),
    Attribute(name="dns_domain", type=DNS_DOMAIN, default="", post=True, put=True),  # dns-domain-ports
    Attribute(  # data-plane-status
        name="data_plane_status", type=types.one_of((None, "ACTIVE", "DOWN")), put=True, guarded=True
    ),
    Attribute(  # uplink-status-propagation, and -updatable
        name="propagate_uplink_status", type=types.BOOLEAN, default=True, post=True, put=True
    ),
    Attribute(  # port-numa-affinity-policy, and -socket
        name="numa_affinity_policy",
        type=types.one_of(("required", "preferred", "legacy", "socket", None)),
        default=None,
        post=True,
        put=True,
    ),
    Attribute(name="device_profile", type=types.STRING_OR_NONE, default=None, post=True),  # port-device-profile
    Attribute(name="hints", type=HINTS, default=None, post=True, put=True, guarded=True),  # port-hints
    Attribute(  # port-trusted-vif
        name="trusted", type=TRUSTED, post=True, put=True, guarded=True
    ),
    Attribute(  # pvlan
        name="pvlan_type",
        type=types.one_of(("isolated", "promiscuous", "community", None)),
        default=None,
        post=True,
        put=True,
        filter=True,
    ),
    Attribute(name="pvlan_community", type=types.COMMUNITY, default=None, post=True, put=True, filter=True),
    Attribute(  # port-resource-request, and -groups
        name="resource_request",
        type=OBJECT_OR_NONE,
        derived=True,
        about="What Placement must reserve for it.",
    ),
    Attribute(name="ip_allocation", type=types.STRING, derived=True, filter=True),
    Attribute(name="trunk_details", type=types.OBJECT, derived=True, about="Of a trunk's parent: what it carries."),
    POSTED_TAGS,
    *COMMON,
)
