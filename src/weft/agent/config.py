"""weftd's configuration file (TOML), validated at the door.

One file per node; `weft lab` writes one for each of its nodes, packages put it at /etc/weft/weftd.toml.
"""

import tomllib
from ipaddress import IPv4Address
from pathlib import Path

import msgspec

from weft.model import Invalid


class NodeConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[node]: who we are."""

    name: str  # = binding:host_id of the ports we host
    site: str
    site_number: int  # 1..65535, unique in the fabric
    underlay_ip: str  # where our tunnels end
    underlay_device: str  # the device that carries them
    state_dir: str  # SQLite, NATS store, pid and log files
    region: str = "RegionOne"


class ApiConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[api]: where clients find us."""

    listen: str = "0.0.0.0:9696"
    public_url: str = "http://127.0.0.1:9696"  # goes into the catalogue
    policy_file: str = "/etc/weft/policy.yaml"  # rules in place of Neutron's defaults; need not exist


class NatsConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[nats]: the site's log."""

    serve: bool = True  # this node runs the site's server (and pulls from other sites)
    listen: str = "0.0.0.0:4222"
    url: str = "nats://127.0.0.1:4222"  # how this node reaches its site's server
    advertise: str = ""  # how other sites reach it; goes into the site record; "" = url
    server: str = ""  # path of nats-server; "" = the wheel's


class FabricConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[fabric]: what all sites share."""

    secret_file: str  # at least 32 random bytes, mode 0600: signs tokens, opens peers' logs
    admin_password_file: str = ""  # first start only: password of the "admin" user


class PeerConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[[peers]]: sites to dial before their records are known."""

    site: str
    url: str


class DataplaneConfig(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """[dataplane]: where eBPF lives."""

    enabled: bool = True
    pin_dir: str = ""  # "" = /sys/fs/bpf/weft/<node>


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    node: NodeConfig
    fabric: FabricConfig
    api: ApiConfig = ApiConfig()
    nats: NatsConfig = NatsConfig()
    dataplane: DataplaneConfig = DataplaneConfig()
    keystone_authtoken: dict[str, str | int | bool] = {}  # set: tokens are an external Keystone's, see docs/howto
    peers: tuple[PeerConfig, ...] = ()


class BadConfig(Invalid):
    """The configuration file cannot be used; the message says where and why."""

    code = "bad_config"


def read_config(path: Path) -> Config:
    """Return the configuration in `path`. Raises BadConfig."""
    try:
        config = msgspec.convert(tomllib.loads(path.read_text()), Config)
        IPv4Address(config.node.underlay_ip)
    except OSError as err:
        raise BadConfig(f"{path}: {err.strerror or err}") from err
    except ValueError as err:  # msgspec.ValidationError and TOMLDecodeError are ValueErrors
        raise BadConfig(f"{path}: {err}") from err
    if not 1 <= config.node.site_number <= 65535:
        raise BadConfig(f"{path}: node.site_number is {config.node.site_number}, must be 1..65535")
    return config
