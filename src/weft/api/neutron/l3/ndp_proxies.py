"""`/v2.0/ndp_proxies`, described."""

from weft.api.neutron.resource import Resource
from weft.commands.l3.further_errors import NDPProxyNotFound
from weft.commands.l3.ndp_proxies import (
    CreateNDPProxy,
    UpdateNDPProxy,
    create_ndp_proxies,
    delete_ndp_proxy,
    update_ndp_proxy,
)
from weft.wire.neutron.l3.ndp_proxy import NDP_PROXY

NDP_PROXIES = Resource(
    name="ndp_proxy",
    collection="ndp_proxies",
    attributes=NDP_PROXY,
    create_request=CreateNDPProxy,
    update_request=UpdateNDPProxy,
    create=create_ndp_proxies,
    update=update_ndp_proxy,
    delete=delete_ndp_proxy,
    not_found=NDPProxyNotFound,
)
