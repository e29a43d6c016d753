"""Metering and logging."""

from weft.api.neutron.extension import Extension
from weft.api.neutron.observing.logs import LOGGABLE_RESOURCES, LOGS
from weft.api.neutron.observing.metering import METERING_LABEL_RULES, METERING_LABELS

RESOURCES = (METERING_LABELS, METERING_LABEL_RULES, LOGS, LOGGABLE_RESOURCES)

EXTENSIONS = (
    Extension("logging", "Logging API Extension", "2017-01-01T10:00:00-00:00",
              "Provides a logging API for resources such as security group and firewall."),
    Extension("metering", "Neutron Metering", "2013-06-12T10:00:00-00:00", "Neutron Metering extension."),
    Extension("metering_source_and_destination_fields", "Neutron Metering with source and destination filtering",
              "2020-08-21T08:12:00-00:00",
              "Neutron Metering extension that enables the use of source and destination IP prefixes to create "
              "metering label rules."),
)  # fmt: skip
