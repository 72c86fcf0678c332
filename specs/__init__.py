"""What a user writes: the models, and the loader that points at every mistake."""

from specs.apiservice import ApiServiceSpec
from specs.catalog import Catalog, Instance
from specs.environment import EnvironmentSpec
from specs.explain import explain
from specs.loader import load, load_text
from specs.problem import Origin, Problem
from specs.schema import json_schema

__all__ = [
    "ApiServiceSpec",
    "Catalog",
    "EnvironmentSpec",
    "Instance",
    "Origin",
    "Problem",
    "explain",
    "json_schema",
    "load",
    "load_text",
]
