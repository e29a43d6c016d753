"""The identity API as an ASGI application, to be mounted at /identity."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from weft.api.identity import (
    access_rules,
    application_credentials,
    assignments,
    auth,
    consumers,
    credentials,
    domain_configs,
    domains,
    endpoint_filter,
    federation,
    grants,
    groups,
    implied_roles,
    limits,
    memberships,
    policies,
    policy_associations,
    project_tags,
    projects,
    regions,
    roles,
    trusts,
    users,
    versions,
)
from weft.api.identity.errors import on_gone, on_http_error, on_surprise, on_weft_error
from weft.api.identity.service import Identity
from weft.api.prefixes import without_slash
from weft.model import WeftError

PARTS = (
    versions, auth, domain_configs, domains, projects, project_tags, users, groups, memberships, roles, implied_roles,
    grants, assignments, application_credentials, access_rules, trusts, regions, credentials,
    policies, policy_associations, endpoint_filter, federation, consumers, limits,
)  # fmt: skip


def identity_app(identity: Identity) -> ASGIApp:
    """Return the application; it holds no state but `identity`."""
    app = Starlette(
        routes=[route for part in PARTS for route in part.ROUTES],
        exception_handlers={
            WeftError: on_weft_error,
            HTTPException: on_http_error,
            ClientDisconnect: on_gone,
            Exception: on_surprise,
        },
    )
    app.state.identity = identity
    app.router.redirect_slashes = False
    return without_slash(app)
