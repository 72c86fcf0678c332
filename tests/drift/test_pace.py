"""Many APIs at once are made as fast as API Gateway allows, and no faster; what is slow keeps nothing else waiting."""

from tests.bench.fleets import alone, cold, empty


def test_a_fleet_is_made_within_the_documented_rates_and_hardly_slower(tmp_path):
    one, made = alone("rest"), cold(empty(tmp_path), "rest", 8)
    assert all(status.ready for status in made.report.statuses)
    assert made.throttled == 0
    assert made.gateway < 1.2 * made.bound
    assert made.makespan < 1.2 * made.paced(one)
