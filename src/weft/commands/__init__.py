"""One function per verb: present state in, writes out; pure."""
