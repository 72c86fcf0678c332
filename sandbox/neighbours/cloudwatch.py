"""Alarms and metrics: words from lists, and parameters that exclude each other (recorded by LocalStack against AWS)."""

from __future__ import annotations

import re

from sandbox.kinds import Fields
from sandbox.refusal import Refusal
from sandbox.world import World

INVALID = Refusal("ValidationError", "{why}")
COMBINED = Refusal("InvalidParameterCombination", "{why}")
PERIODS = (1, 5, 10, 20, 30)  # seconds; else multiples of 60 (CloudWatch API reference, PutMetricAlarm)
DATAPOINTS = 1440


def put_dashboard(_world: World, request: Fields) -> None:
    if not re.fullmatch(r"[\w-]*", request["DashboardName"], re.ASCII):
        why = "The value for field DashboardName contains invalid characters. It can only contain alphanumerics, "
        raise Refusal("InvalidParameterValue", why + "dash (-) and underscore (_).\n")


def put_metric_alarm(_world: World, request: Fields) -> None:
    period = request.get("Period")
    if period is not None and period not in PERIODS and (period < 60 or period % 60):
        raise INVALID.about(why=f"Period must be one of {', '.join(map(str, PERIODS))} or a multiple of 60")
    needed, looked_at = request.get("DatapointsToAlarm"), request.get("EvaluationPeriods")
    if needed and looked_at and needed > looked_at:
        raise INVALID.about(why="Datapoints to alarm must not be more than the number of evaluation periods")


def put_metric_data(_world: World, request: Fields) -> None:
    for number, each in enumerate(request.get("MetricData") or (), start=1):
        at = f"MetricData.member.{number}"
        if each.get("Value") is not None and each.get("Values"):
            why = f"The parameters {at}.Value and {at}.Values are mutually exclusive and you have specified both."
            raise COMBINED.about(why=why)
        if len(each.get("Counts") or each.get("Values") or ()) != len(each.get("Values") or ()):
            why = f"The parameters {at}.Values and {at}.Counts must be of the same size."
            raise Refusal("InvalidParameterValue", why)


def get_metric_statistics(_world: World, request: Fields) -> None:
    span = (request["EndTime"] - request["StartTime"]).total_seconds()
    asked = span / request["Period"]
    if span > 0 and asked > DATAPOINTS:
        more = "You may reduce the datapoints requested by increasing Period, or decreasing the time range."
        why = f"You have requested up to {asked:.0f} datapoints, which exceeds the limit of {DATAPOINTS}. {more}"
        raise COMBINED.about(why=why)
