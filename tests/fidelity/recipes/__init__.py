"""How each kind of thing is made, so that an operation has something to answer about: `(place, wish) -> what names it`,
in the words of the requests that ask for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.fidelity.place import Place
from tests.fidelity.recipes import apigateway, apigatewayv2, ec2, ecs, elbv2, identity, others, scaling
from tests.fidelity.wish import Wish

Recipe = Callable[[Place, Wish], dict[str, Any]]

RECIPES: dict[tuple[str, str], Recipe] = {
    (service, noun): recipe
    for module in (apigateway, apigatewayv2, ec2, ecs, elbv2, identity, others, scaling)
    for service, recipes in module.RECIPES.items()
    for noun, recipe in recipes.items()
}
OWN: dict[tuple[str, str], frozenset[str]] = {
    (service, noun): frozenset(names)
    for module in (apigateway, apigatewayv2, ec2, ecs, elbv2, identity, others, scaling)
    for service, kinds in module.OWN.items()
    for noun, names in kinds.items()
}
"""Members that name the thing itself: AWS makes them up, so they are neither said nor a reference."""
