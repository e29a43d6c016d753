"""How much Hypothesis tries here. `HYPOTHESIS_PROFILE=thorough pytest tests/store` tries fifty times as much."""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=50, deadline=None)  # no deadline: machines are shared
settings.register_profile("thorough", max_examples=2_500, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
