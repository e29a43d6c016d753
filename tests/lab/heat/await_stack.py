"""Waits for a stack: run as a program in the lab. `await_stack.py CLOUD STACK STATUS`; DELETE_COMPLETE: it is gone."""

import sys
import warnings

import openstack

warnings.simplefilter("ignore")

cloud, name, status = sys.argv[1:]
orchestration = openstack.connect(cloud=cloud).orchestration
stack = orchestration.find_stack(name)
failures = [f"{verb}_FAILED" for verb in ("CREATE", "UPDATE", "DELETE")]
if stack is not None and status == "DELETE_COMPLETE":
    orchestration.wait_for_delete(stack, interval=0.2, wait=100)
elif stack is not None:
    orchestration.wait_for_status(stack, status, failures, interval=0.2, wait=100)
elif status != "DELETE_COMPLETE":
    sys.exit(f"there is no stack {name}")
