"""`/v2.0/metering/metering-labels` and `…/metering-label-rules`, described."""

from weft.api.neutron.resource import VERBS, Resource
from weft.commands.observing.errors import MeteringLabelNotFound, MeteringLabelRuleNotFound
from weft.commands.observing.metering import (
    CreateMeteringLabel,
    CreateMeteringLabelRule,
    create_labels,
    create_rules,
    delete_label,
    delete_rule,
)
from weft.wire.neutron.observing.metering import METERING_LABEL, METERING_LABEL_RULE

METERING_LABELS = Resource(
    name="metering_label",
    collection="metering_labels",
    path="metering/metering-labels",
    verbs=VERBS - {"update"},
    attributes=METERING_LABEL,
    create_request=CreateMeteringLabel,
    create=create_labels,
    delete=delete_label,
    not_found=MeteringLabelNotFound,
)

METERING_LABEL_RULES = Resource(
    name="metering_label_rule",
    collection="metering_label_rules",
    path="metering/metering-label-rules",
    verbs=VERBS - {"update"},
    attributes=METERING_LABEL_RULE,
    create_request=CreateMeteringLabelRule,
    create=create_rules,
    delete=delete_rule,
    not_found=MeteringLabelRuleNotFound,
)
