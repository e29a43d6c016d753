"""What each identity resource's body may hold. Source: the schemas of Keystone 30 (`keystone/*/schema.py`)."""

from weft.wire.keystone.fields import Field, Spec

ID = Field(length_min=1, length_max=64, pattern=r"^[a-zA-Z0-9-]+$")
FIXED_ID = Field(length_min=1, length_max=64, pattern=r"^[a-zA-Z0-9-]+$", fixed=True)
OPTIONAL_FIXED_ID = Field(length_min=1, length_max=64, pattern=r"^[a-zA-Z0-9-]+$", fixed=True, nullable=True)
NAME = Field(length_min=1, length_max=255, pattern=r"[\S]+")
SHORT_NAME = Field(length_min=1, length_max=64, pattern=r"[\S]+")
TEXT = Field(nullable=True)
FLAG = Field(type="boolean")
OPTIONS = Field(type="object", members=("immutable",))
USER_OPTIONS = Field(
    type="object",
    members=("ignore_change_password_upon_first_use", "ignore_password_expiry", "ignore_lockout_failure_attempts",
             "lock_password", "ignore_user_inactivity", "multi_factor_auth_rules", "multi_factor_auth_enabled"),
)  # fmt: skip
TAG = Field(length_min=1, length_max=255, pattern=r"^[^,/]*$")
TAGS = Field(type="array", items=TAG, length_max=80, distinct=True)
URL = Field(length_max=225, pattern="^[a-zA-Z0-9+.-]+:.+")
REGION_ID = Field(length_min=1, length_max=255, nullable=True)

DOMAIN = Spec(
    member="domain",
    fields={"name": SHORT_NAME, "description": TEXT, "enabled": FLAG, "tags": TAGS, "options": OPTIONS,
            "explicit_domain_id": FIXED_ID},
    empty_change=False,
)  # fmt: skip
PROJECT = Spec(
    member="project",
    fields={"name": SHORT_NAME, "description": TEXT, "enabled": FLAG, "tags": TAGS, "options": OPTIONS,
            "domain_id": OPTIONAL_FIXED_ID, "parent_id": OPTIONAL_FIXED_ID,
            "is_domain": Field(type="boolean", fixed=True)},
)  # fmt: skip
USER = Spec(
    member="user",
    fields={"name": NAME, "password": Field(nullable=True, secret=True), "enabled": FLAG, "options": USER_OPTIONS,
            "domain_id": FIXED_ID, "default_project_id": TEXT, "description": TEXT, "email": TEXT},
)  # fmt: skip
GROUP = Spec(member="group", fields={"name": SHORT_NAME, "description": TEXT, "domain_id": FIXED_ID})
ROLE = Spec(
    member="role",
    fields={"name": NAME, "description": TEXT, "domain_id": OPTIONAL_FIXED_ID, "options": OPTIONS},
)
REGION = Spec(
    member="region",
    fields={"id": Field(length_max=255, fixed=True), "description": TEXT, "parent_region_id": TEXT},
    required=(),
)
SERVICE = Spec(
    member="service",
    fields={"type": Field(length_min=1, length_max=255), "name": Field(length_max=255, nullable=True),
            "description": TEXT, "enabled": FLAG},
    required=("type",),
    empty_change=False,
)  # fmt: skip
ENDPOINT = Spec(
    member="endpoint",
    fields={"interface": Field(one_of=("admin", "internal", "public")), "service_id": Field(), "url": URL,
            "region_id": REGION_ID, "region": REGION_ID, "enabled": FLAG, "name": TEXT, "description": TEXT},
    required=("interface", "service_id", "url"),
    empty_change=False,
)  # fmt: skip
ENDPOINT_GROUP = Spec(
    member="endpoint_group",
    fields={"name": NAME, "description": TEXT,
            "filters": Field(type="object", members=("service_id", "region_id", "interface"))},
    required=("name", "filters"),
    extra=False,
)  # fmt: skip
CONSUMER = Spec(member="consumer", fields={"description": TEXT}, required=(), empty_change=False)
ACCESS_RULE = {
    "path": Field(length_max=225, pattern=r"^/\.*"),
    "service": Field(length_min=1, length_max=64, pattern=r"^[a-zA-Z0-9-]+$"),
    "method": Field(one_of=("DELETE", "GET", "HEAD", "PATCH", "POST", "PUT")),
    "id": ID,
}
APPLICATION_CREDENTIAL = Spec(
    member="application_credential",
    fields={"name": NAME, "description": TEXT, "expires_at": TEXT, "unrestricted": Field(type="boolean", nullable=True),
            "secret": Field(nullable=True, secret=True), "project_id": Field(nullable=True),
            "roles": Field(type="array", items=Field(type="object")),
            "access_rules": Field(type="array", items=Field(type="object"))},
    extra=False,
)  # fmt: skip
TRUST = Spec(
    member="trust",
    fields={"trustor_user_id": ID, "trustee_user_id": ID, "impersonation": FLAG,
            "project_id": Field(nullable=True), "expires_at": TEXT, "allow_redelegation": FLAG,
            "remaining_uses": Field(type="integer", minimum=1, nullable=True),
            "redelegation_count": Field(type="integer", minimum=0, nullable=True),
            "roles": Field(type="array", items=Field(type="object"))},
    required=("trustor_user_id", "trustee_user_id", "impersonation"),
)  # fmt: skip
CREDENTIAL = Spec(
    member="credential",
    fields={"blob": Field(secret=True), "type": Field(length_min=1, length_max=255), "user_id": ID,
            "project_id": Field(nullable=True)},
    required=("blob", "type", "user_id"),
)  # fmt: skip
POLICY = Spec(
    member="policy",
    fields={"blob": Field(), "type": Field(length_max=255)},
    required=("blob", "type"),
)
RESOURCE_NAME = Field(length_min=1, length_max=255)
LIMIT_VALUE = Field(type="integer", minimum=-1)
REGISTERED_LIMIT = Spec(
    member="registered_limit",
    fields={"service_id": ID, "region_id": REGION_ID, "resource_name": RESOURCE_NAME, "default_limit": LIMIT_VALUE,
            "description": TEXT},
    required=("service_id", "resource_name", "default_limit"),
    extra=False,
)  # fmt: skip
LIMIT = Spec(
    member="limit",
    fields={"service_id": FIXED_ID, "region_id": REGION_ID, "resource_name": RESOURCE_NAME,
            "resource_limit": LIMIT_VALUE, "project_id": OPTIONAL_FIXED_ID, "domain_id": OPTIONAL_FIXED_ID,
            "description": TEXT},
    required=("service_id", "resource_name", "resource_limit"),
    extra=False,
)  # fmt: skip
LIMIT_CHANGE = Spec(member="limit", fields={"resource_limit": LIMIT_VALUE, "description": TEXT}, extra=False)
