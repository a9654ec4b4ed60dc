"""Moments as the core counts them (Unix seconds) and as a Frappe site keeps them (naive, in the site's time zone)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from frappe.utils import get_system_timezone


def site_time(moment: float) -> datetime:
	return datetime.fromtimestamp(moment, _zone()).replace(tzinfo=None)


def unix_time(at: datetime) -> float:
	return at.replace(tzinfo=_zone()).timestamp()


def _zone() -> ZoneInfo:
	return ZoneInfo(get_system_timezone())
