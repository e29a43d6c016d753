"""A real Heat beside a lab: its identity service and its Neutron are Weft's."""

import json
import subprocess
import sys
from pathlib import Path

from tests.lab.conftest import Corner, said

HERE = Path(__file__).parent
HEAT = HERE.parents[2] / ".tools/heat"
PASSWORD = "correct horse"
PORT = 8004
SETTINGS = """\
[DEFAULT]
transport_url = fake://
convergence_engine = false
stack_user_domain_id = {domain}
stack_domain_admin = heat_domain_admin
stack_domain_admin_password = {password}
region_name_for_services = RegionOne
environment_dir = {heat}/etc/heat/environment.d
template_dir = {heat}/etc/heat/templates
auth_encryption_key = 0123456789abcdef0123456789abcdef
plugin_dirs = {home}
log_file = {home}/heat.log
[database]
connection = sqlite:///{home}/heat.sqlite?timeout=60
[paste_deploy]
api_paste_config = {heat}/etc/heat/api-paste.ini
[keystone_authtoken]
www_authenticate_uri = {keystone}
project_name = service
project_domain_id = default
{as_heat}
[trustee]
{as_heat}
[clients_keystone]
auth_uri = {keystone}
[oslo_concurrency]
lock_path = {home}
"""
AS_HEAT = (
    "auth_type = password\nauth_url = {keystone}\nusername = heat\npassword = {password}\nuser_domain_id = default"
)
# SQLite lets one write at a time, so the engine works on one resource after the other (no "convergence").


class Heat:
    """One that runs, and the stock client to ask it with."""

    def __init__(self, lab: Corner, home: Path) -> None:
        self._lab, self.home = lab, home
        url = f"http://127.0.0.1:{PORT}/v1/%(tenant_id)s"
        people = [sys.executable, str(HERE / "people.py"), "weft-a", PASSWORD, url]
        self.domain = said(lab.run(*people)).strip()
        keystone = json.loads(lab.clouds.read_text().partition("\n")[2])["clouds"]["weft-a"]["auth"]["auth_url"]
        values = {"keystone": keystone, "password": PASSWORD}
        settings = SETTINGS.format(domain=self.domain, heat=HEAT, home=home, as_heat=AS_HEAT.format(**values), **values)
        conf = home / "heat.conf"
        conf.write_text(settings)
        said(lab.run(str(HEAT / "bin/heat-manage"), "--config-file", str(conf), "db_sync"))
        with (home / "said").open("w") as errors:
            alone = [str(HEAT / "bin/python"), str(HERE / "alone.py"), str(PORT), str(conf)]
            enter, env = lab.inside(alone)
            self.process = subprocess.Popen(enter, stdout=subprocess.PIPE, stderr=errors, text=True, env=env)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n", (home / "said").read_text()[-2000:]

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()

    def openstack(self, *words: str) -> None:
        """Run the stock client with Heat's commands, as admin."""
        self._ran(str(HEAT / "bin/openstack"), "--os-cloud", "weft-a", *words)

    def until(self, stack: str, status: str) -> None:
        """Return when a stack is of a status. The client's own `--wait` looks every five seconds."""
        self._ran(sys.executable, str(HERE / "await_stack.py"), "weft-a", stack, status)

    def _ran(self, *argv: str) -> None:
        done = self._lab.run(*argv)
        assert done.returncode == 0, f"{done.stdout}\n{done.stderr}\n{(self.home / 'heat.log').read_text()[-3000:]}"
