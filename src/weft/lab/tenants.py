"""Who may log in to the lab: the admin, and a plain user with a project of its own per site; and clouds.yaml."""

import os
import secrets
from typing import Any

import msgspec

from weft.lab.home import Home, write_atomic
from weft.lab.layout import Layout, Node, Site
from weft.lab.site_api import SiteApi
from weft.model import Conflict
from weft.store.quotas import DEFAULTS

ADMIN = "admin"
MEMBER_ROLE = "member"
QUOTAS = {  # as OpenStack's own CI has them: suites and load tools make more than a careful tenant
    "network": -1,
    "subnet": -1,
    "port": -1,
    "router": 100,
    "floatingip": 500,
    "security_group": 150,
    "security_group_rule": 1000,
}


def user_of(site: Site) -> str:
    """The plain user of a site; its project is called the same."""
    return f"weft-{site.name}-demo"


def admin_api(home: Home, nodes: tuple[Node, ...]) -> SiteApi:
    """Return a session as admin with the site of `nodes`."""
    return SiteApi(nodes, ADMIN, home.password_file.read_text().strip(), ADMIN)


def ensure_tenants(home: Home, layout: Layout) -> None:
    """Create the plain users and their projects where missing, all through the first site's API.

    One place, since names must be unique in the fabric; the sites learn of each other's users at once.
    """
    passwords = _passwords(home, layout)
    with admin_api(home, layout.sites[0].nodes) as api:
        if api.get("/weft/v1/quotas")["quotas"] == dict(DEFAULTS):  # nobody has set any: the lab is new
            api.put("/weft/v1/quotas", {"quotas": QUOTAS})
        role = _only(api.get("/identity/v3/roles", name=MEMBER_ROLE)["roles"])
        for site in layout.sites:
            name = user_of(site)
            project = _ensure(api, "project", name, {"description": f"a tenant's project, for trying site {site.name}"})
            user = _ensure(api, "user", name, {"password": passwords[name], "default_project_id": project["id"]})
            api.put(f"/identity/v3/projects/{project['id']}/users/{user['id']}/roles/{role['id']}")


def write_clouds(home: Home, layout: Layout) -> None:
    """Write clouds.yaml: per site `weft-<site>` (admin) and `weft-<site>-demo` (a plain user)."""
    passwords = _passwords(home, layout)
    clouds = {}
    for site in layout.sites:
        clouds[f"weft-{site.name}"] = _cloud(site, ADMIN, home.password_file.read_text().strip(), ADMIN)
        name = user_of(site)
        clouds[name] = _cloud(site, name, passwords[name], name)
    head = (
        b"# Written by `weft lab up`. Use: OS_CLIENT_CONFIG_FILE=<this file> openstack --os-cloud weft-a network list\n"
    )
    # JSON is YAML; this spares a YAML library
    write_atomic(home.clouds_file, head + msgspec.json.format(msgspec.json.encode({"clouds": clouds})) + b"\n", 0o600)
    if caller := os.environ.get("SUDO_UID"):  # the clients need no root, so whoever called sudo may log in
        os.chown(home.clouds_file, int(caller), int(os.environ["SUDO_GID"]))


def _cloud(site: Site, user: str, password: str, project: str) -> dict[str, Any]:
    return {
        "auth": {
            "auth_url": f"{site.nodes[0].api_url}/identity/v3",
            "username": user,
            "password": password,
            "project_name": project,
            "user_domain_id": "default",
            "project_domain_id": "default",
        },
        "identity_api_version": 3,
        "region_name": "RegionOne",
    }


def _passwords(home: Home, layout: Layout) -> dict[str, str]:
    """Return the plain users' passwords by name, making those that are missing."""
    file = home.tenants_file
    known: dict[str, str] = msgspec.json.decode(file.read_bytes()) if file.exists() else {}
    missing = {user_of(site) for site in layout.sites} - known.keys()
    if missing:
        known |= {name: secrets.token_urlsafe(18) for name in missing}
        write_atomic(file, msgspec.json.encode(known), mode=0o600)
    return known


def _ensure(api: SiteApi, kind: str, name: str, more: dict[str, Any]) -> dict[str, Any]:
    path = f"/identity/v3/{kind}s"
    found = api.get(path, name=name)[f"{kind}s"]
    if not found:
        found = [api.post(path, {kind: {"name": name, "domain_id": "default", **more}})[kind]]
    return _only(found)


def _only(found: list[dict[str, Any]]) -> dict[str, Any]:
    if len(found) != 1:
        raise Conflict(f"expected one, found {len(found)}: {found}")
    return found[0]
