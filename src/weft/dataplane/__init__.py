"""Plan to kernel: bpf(2), netlink, reconcile; `reference/` is the executable specification."""
