"""What an engine needs, imported before there is one: a second that each background job would else spend anew."""

from importlib import import_module
from typing import get_args

import frappe.utils.response  # noqa: F401
import redis.asyncio  # noqa: F401

from ai_assistant.core.settings import ProviderKind
from ai_assistant.hosts.frappe import hop  # noqa: F401

for _kind in get_args(ProviderKind):
	import_module(f"ai_assistant.core.providers.{_kind}")
