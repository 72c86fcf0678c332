"""Where what is wanted and what is live differ, as data. Pure: nothing here talks to AWS, reads a file or a clock."""

from drift.difference import Difference, compare
from drift.plan import Action, Change, Plan, Scope
from drift.planner import make_plan
from drift.report import Drift, find_drift

__all__ = ["Action", "Change", "Difference", "Drift", "Plan", "Scope", "compare", "find_drift", "make_plan"]
