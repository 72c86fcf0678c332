"""Lays the layers of a spec over each other: Environment.defaults < spec < environments.<name> (RFC 7386)."""

from collections.abc import Mapping

from specs.node import Node, built, merge

# What says where a service lives, and what a standalone service writes itself because no Environment lends it
LENT = ("aws", "network", "iam", "cluster", "vpcLink", "dns")
PLACES = ("environment", "environments")


def compose(spec: Node, patch: Node, defaults: Node | None) -> Node:
    """The spec as one Environment sees it; nulls have done their work and are gone."""
    own = without(spec, PLACES)
    under = _spread(defaults, merge(own, patch).get("services")) if defaults else None
    return merge(merge(under, own), patch)


def _spread(defaults: Node, services: Node | None) -> Node:
    """An Environment's defaults with what it says of services put under each service there is."""
    each = defaults.get("services")
    others = without(defaults, ("services",))
    if each is None or services is None or not isinstance(services.value, Mapping):
        return others
    return others.put(("services",), built(dict.fromkeys(services.value, each), each))


def without(node: Node, names: tuple[str, ...]) -> Node:
    """The map without these members."""
    members = node.value.items() if isinstance(node.value, Mapping) else ()
    return node.with_value({name: member for name, member in members if name not in names})
