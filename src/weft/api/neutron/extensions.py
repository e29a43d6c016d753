"""`/v2.0/extensions`: what of Neutron's extensions this API speaks. Names and dates: neutron-lib, api/definitions.

Clients ask here before they use a feature, so an alias is listed when its attributes work, not before.
"""

from typing import NamedTuple

import msgspec

from weft.api.errors import HttpProblem
from weft.api.neutron.http import Response


class Extension(NamedTuple):
    """One extension, as listed."""

    alias: str
    name: str
    updated: str
    description: str


EXTENSIONS = (
    Extension("binding", "Port Binding", "2014-02-03T10:00:00-00:00",
              "Expose port bindings of a virtual port to external application"),
    Extension("empty-string-filtering", "Empty String Filtering Extension", "2018-05-01T10:00:00-00:00",
              "Allow filtering by attributes with empty string value"),
    Extension("external-net", "Neutron external network", "2013-01-14T10:00:00-00:00",
              "Adds external network attribute to network resource."),
    Extension("filter-validation", "Filter parameters validation", "2018-07-04T10:00:00-00:00",
              "Provides validation on filter parameters."),
    Extension("ip_allocation", "IP Allocation", "2016-06-10T23:00:00-00:00", "IP allocation extension."),
    Extension("ip-substring-filtering", "IP address substring filtering", "2017-11-28T09:00:00-00:00",
              "Provides IP address substring filtering when listing ports"),
    Extension("l2_adjacency", "L2 Adjacency", "2016-04-12T16:00:00-00:00",
              "Display L2 Adjacency for Neutron Networks."),
    Extension("net-mtu", "Network MTU", "2015-03-25T10:00:00-00:00",
              "Provides MTU attribute for a network resource."),
    Extension("net-mtu-writable", "Network MTU (writable)", "2017-07-12T00:00:00-00:00",
              "Provides a writable MTU attribute for a network resource."),
    Extension("network_availability_zone", "Network Availability Zone", "2015-01-01T10:00:00-00:00",
              "Availability zone support for network."),
    Extension("pagination", "Pagination support", "2016-06-12T00:00:00-00:00",
              "Extension that indicates that pagination is enabled."),
    Extension("port-mac-address-regenerate", "Neutron Port MAC address regenerate", "2018-05-03T10:00:00-00:00",
              "Network port MAC address regenerate"),
    Extension("port-security", "Port Security", "2012-07-23T10:00:00-00:00", "Provides port security"),
    Extension("project-default-networks", "Default network for project", "2018-07-03T10:00:00-00:00",
              "Support specifying networks as default networks for projects"),
    Extension("project-id", "project_id field enabled", "2016-09-09T09:09:09-09:09",
              "Extension that indicates that project_id field is enabled."),
    Extension("provider", "Provider Network", "2012-09-07T10:00:00-00:00",
              "Expose mapping of virtual networks to physical networks"),
    Extension("quotas", "Quota management support", "2012-07-29T10:00:00-00:00",
              "Expose functions for quotas management per project"),
    Extension("revision-if-match", "If-Match constraints based on revision_number", "2016-12-11T00:00:00-00:00",
              "Extension indicating that If-Match based on revision_number is supported."),
    Extension("sort-key-validation", "Sort keys validation", "2018-07-04T10:00:00-00:00",
              "Provides validation on sort keys."),
    Extension("sorting", "Sorting support", "2016-06-12T00:00:00-00:00",
              "Extension that indicates that sorting is enabled."),
    Extension("standard-attr-description", "standard-attr-description", "2016-02-10T10:00:00-00:00",
              "Extension to add descriptions to standard attributes"),
    Extension("standard-attr-revisions", "Resource revision numbers", "2016-04-11T10:00:00-00:00",
              "This extension will display the revision number of neutron resources."),
    Extension("standard-attr-tag", "Tag support for resources with standard attribute", "2017-01-01T00:00:00-00:00",
              "Enables to set tag on resources with standard attribute."),
    Extension("standard-attr-timestamp", "Resource timestamps", "2016-09-12T10:00:00-00:00",
              "Adds created_at and updated_at fields to all Neutron resources that have Neutron standard attributes."),
    Extension("tag-creation", "Tag creation extension", "2024-07-23T10:00:00-00:00",
              "Allow to create multiple tags for a resource"),
    Extension("tag-ports-during-bulk-creation", "Tag Ports During Bulk Creation", "2019-12-29T19:00:00-00:00",
              "Allow to tag ports during bulk creation"),
)  # fmt: skip

_BY_ALIAS = {extension.alias: extension for extension in EXTENSIONS}


def list_extensions() -> Response:
    """Answer GET on the collection."""
    return Response(200, msgspec.json.encode({"extensions": [_document(extension) for extension in EXTENSIONS]}))


def show_extension(alias: str) -> Response:
    """Answer GET on one. Raises HttpProblem (404)."""
    extension = _BY_ALIAS.get(alias)
    if extension is None:
        raise HttpProblem(404, "HTTPNotFound", f"Extension with alias {alias} does not exist")
    return Response(200, msgspec.json.encode({"extension": _document(extension)}))


def _document(extension: Extension) -> dict[str, object]:
    return {**extension._asdict(), "links": []}
