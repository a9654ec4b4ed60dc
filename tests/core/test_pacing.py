from hypothesis import given
from hypothesis import strategies as st

from ai_assistant.core.pacing import Pace

INTERVAL = 0.033


def observe(pace: Pace, rate: float, seconds: float, start: float = 100.0) -> float:
	count = int(rate * seconds)
	for number in range(count):
		pace.observe(start + number / rate)
	return start + seconds


def test_a_single_models_deltas_are_never_held_back() -> None:
	pace = Pace(INTERVAL)
	observe(pace, rate=50, seconds=2)
	assert pace.window < 0.001


def test_a_busy_engine_joins_over_the_whole_interval() -> None:
	pace = Pace(INTERVAL)
	observe(pace, rate=10_000, seconds=1)
	assert pace.window == INTERVAL


def test_the_window_closes_again_when_the_burst_is_over() -> None:
	pace = Pace(INTERVAL)
	end = observe(pace, rate=10_000, seconds=1)
	observe(pace, rate=50, seconds=2, start=end)
	assert pace.window < 0.001


@given(st.lists(st.floats(min_value=0, max_value=10), min_size=1, max_size=300))
def test_the_window_is_never_longer_than_the_interval(pauses: list[float]) -> None:
	pace, now = Pace(INTERVAL), 1.0
	for pause in pauses:
		now += pause
		pace.observe(now)
		assert 0 <= pace.window <= INTERVAL
