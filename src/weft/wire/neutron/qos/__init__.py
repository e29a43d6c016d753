"""Quality of service, as clients write it."""
