"""What an engine needs, imported before there is one: a second that each background job would else spend anew."""

import asyncio
from typing import get_args

import frappe.utils.response  # noqa: F401
import redis.asyncio  # noqa: F401

from ai_assistant.core.providers import connect
from ai_assistant.core.settings import Model, Provider, ProviderKind
from ai_assistant.hosts.frappe import hop  # noqa: F401


async def _connect_to_each() -> None:
	"""An SDK imports much only when its first client is made, and reads the certificates that it trusts."""
	for kind in get_args(ProviderKind):
		await connect(Provider(kind, kind, (Model("any"),))).close()


asyncio.run(_connect_to_each())
