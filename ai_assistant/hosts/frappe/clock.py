"""Moments as the core counts them (Unix seconds) and as a Frappe site keeps them (naive, in the site's time zone).

Such a time does not tell the two passes of the hour that comes twice in autumn from each other.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone

_SHRUNK = 1 / 3_610
"""Of the second pass, so that it fits into the last second of the first."""


def site_time(moment: float) -> datetime:
	return wall_time(moment, _zone())


def wall_time(moment: float, zone: ZoneInfo) -> datetime:
	"""Later for what is later: the second pass of that hour is kept in the last second of the first."""
	at = datetime.fromtimestamp(moment, zone)
	if at.fold:
		passed = timedelta(minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
		at = at.replace(minute=59, second=59, microsecond=0) + passed * _SHRUNK
	return at.replace(tzinfo=None)


def unix_time(at: datetime) -> float:
	return at.replace(tzinfo=_zone()).timestamp()


def _zone() -> ZoneInfo:
	return ZoneInfo(get_system_timezone())
