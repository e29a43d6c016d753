"""Makes what Heat wants of an identity service: run as a program in the lab, prints the ID of Heat's own domain.

people.py CLOUD PASSWORD HEAT_URL     as in Heat's installation guide; `CLOUD`-demo may have stacks
"""

import sys

import openstack

cloud, password, url = sys.argv[1:]
identity = openstack.connect(cloud=cloud).identity
domain = identity.create_domain(name="heat")
domain_admin = identity.create_user(name="heat_domain_admin", domain_id=domain.id, password=password)
identity.assign_domain_role_to_user(domain, domain_admin, identity.find_role("admin"))
identity.create_role(name="heat_stack_user")
owner = identity.create_role(name="heat_stack_owner")
tenant = identity.find_project(f"{cloud}-demo")
identity.assign_project_role_to_user(tenant, identity.find_user(f"{cloud}-demo"), owner)
services = identity.find_project("service") or identity.create_project(name="service", domain_id="default")
heat = identity.create_user(name="heat", domain_id="default", password=password)
identity.assign_project_role_to_user(services, heat, identity.find_role("admin"))
orchestration = identity.create_service(name="heat", type="orchestration")
identity.create_endpoint(interface="public", service_id=orchestration.id, region_id="RegionOne", url=url)
print(domain.id)
