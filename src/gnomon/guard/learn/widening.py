"""Allows at every load what is harmless at any, because a person asked for that: no site has to be known for it."""

from ..policy import Policy
from .hazards import judged


def widened(policy: Policy) -> Policy:
    """The policy with the harmless names of its sites allowed anywhere as well; each site keeps its own."""
    described = dict(policy.described)
    names = {name for rule in policy.sites for name in rule.names}
    harmless = {name for name in names if judged(name, described).level == "harmless"}
    return policy._replace(anywhere=policy.anywhere | harmless)
