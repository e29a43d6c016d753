"""The node's loops, where store, compiler and dataplane meet; `main.py` is weftd."""
