from datetime import datetime
from unittest import TestCase
from zoneinfo import ZoneInfo

from ai_assistant.hosts.frappe.clock import wall_time

BERLIN, LORD_HOWE = ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")
TWO_UTC = datetime(2026, 10, 25, 0, tzinfo=ZoneInfo("UTC")).timestamp()
"""In Berlin the first pass of the hour from two to three begins."""


class TestClock(TestCase):
	def test_the_hour_that_comes_twice_keeps_the_order(self) -> None:
		moments = [TWO_UTC + 0.5 * number for number in range(3 * 7200)]
		kept = [wall_time(moment, BERLIN) for moment in moments]
		# Of the last second of the first pass nobody can say.
		told = [
			time for time, moment in zip(kept, moments, strict=True) if not 3598 < moment - TWO_UTC < 3600
		]
		self.assertEqual(told, sorted(set(told)))
		self.assertEqual(kept[-1], datetime(2026, 10, 25, 3, 59, 59, 500000))

	def test_a_shorter_pass_keeps_the_order_too(self) -> None:
		start = datetime(2026, 4, 4, 14, 30, tzinfo=ZoneInfo("UTC")).timestamp()
		kept = [wall_time(start + minute * 60, LORD_HOWE) for minute in range(90)]
		self.assertEqual(kept, sorted(set(kept)))

	def test_every_other_time_is_the_clocks(self) -> None:
		summer, winter = TWO_UTC - 1, TWO_UTC + 7200
		self.assertEqual(wall_time(summer, BERLIN), datetime(2026, 10, 25, 1, 59, 59))
		self.assertEqual(wall_time(winter, BERLIN), datetime(2026, 10, 25, 3))
