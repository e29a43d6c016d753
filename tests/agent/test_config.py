"""weftd's configuration file: what is in it, and what is said of mistakes."""

import pytest

from weft.agent.config import BadConfig, read_config

LEAST = """\
[node]
name = "a1"
site = "a"
site_number = 1
underlay_ip = "198.19.1.1"
underlay_device = "eth0"
state_dir = "/var/lib/weft"
[fabric]
secret_file = "/etc/weft/secret"
"""


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "weftd.toml"
        path.write_text(text)
        return read_config(path)

    return read


def test_without_a_keystone_the_built_in_identity_serves(read):
    assert read(LEAST).keystone_authtoken == {}


def test_a_keystone_is_told_of_as_keystonemiddleware_knows_it(read):
    options = read(LEAST + '[keystone_authtoken]\nauth_url = "http://k/v3"\ninsecure = true\ntoken_cache_time = 60\n')
    assert options.keystone_authtoken == {"auth_url": "http://k/v3", "insecure": True, "token_cache_time": 60}


@pytest.mark.parametrize(
    ("why", "more", "says"),
    [
        ("a list", "[keystone_authtoken]\nmemcached_servers = []\n", "keystone_authtoken"),
        ("a stranger", "[keystones]\n", "unknown field `keystones`"),
        ("no TOML", "[", "weftd.toml"),
    ],
)
def test_mistakes_are_named(read, why, more, says):
    with pytest.raises(BadConfig, match=says.replace("[", r"\[")):
        read(LEAST + more)


def test_a_site_number_has_bounds(read):
    with pytest.raises(BadConfig, match=r"must be 1\.\.65535"):
        read(LEAST.replace("site_number = 1", "site_number = 0"))
