"""A real Keystone on a free port: `python stock.py DIR PORT` serves it from DIR/keystone.conf and prints its port."""

import os
import sys

from keystone.server.wsgi import initialize_public_application
from werkzeug.serving import make_server

home, port = sys.argv[1], int(sys.argv[2])
os.environ["OS_KEYSTONE_CONFIG_DIR"] = home
sys.argv = ["keystone"]
server = make_server("127.0.0.1", port, initialize_public_application(), threaded=True)
print(server.port, flush=True)
server.serve_forever()
