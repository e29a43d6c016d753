"""A real heat-api and heat-engine in one process, so that they need no message broker between them, over SQLite.

`python alone.py PORT CONF` prints "ready" once it answers.
"""

import socketserver
import sys
from wsgiref import simple_server

from oslo_service import backend

backend.init_backend(backend.BackendType.THREADING)

from heat.api.openstack import wsgi  # noqa: E402
from heat.common import config  # noqa: E402
from heat.rpc import api as rpc_api  # noqa: E402
from oslo_config import cfg  # noqa: E402
from sqlalchemy import event  # noqa: E402
from sqlalchemy.engine import Engine  # noqa: E402


@event.listens_for(Engine, "before_cursor_execute", retval=True)
def writing(conn, cursor, statement, parameters, context, executemany):  # type: ignore[no-untyped-def]
    """Begin every transaction as one that writes: one that would write later is not let, if another was quicker."""
    return ("BEGIN IMMEDIATE" if statement == "BEGIN" else statement), parameters


class Server(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True


class Quiet(simple_server.WSGIRequestHandler):
    """Heat has a log of its own."""

    def log_message(self, *args: object) -> None:
        pass


port, conf = sys.argv[1:3]
sys.argv = ["heat-api", "--config-file", conf]
application = wsgi.init_application()

from heat.engine import service  # noqa: E402  # reads the configuration as it is imported

config.startup_sanity_check()
engine = service.EngineService(cfg.CONF.host, rpc_api.ENGINE_TOPIC)
engine.start()
server = simple_server.make_server("127.0.0.1", int(port), application, Server, Quiet)
print("ready", flush=True)
server.serve_forever()
