"""Realtime: who gets what is on the bus, over WebSocket and long polling."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import msgspec
import pytest
from socketio.exceptions import ConnectionError as SocketConnectionError

from ai_assistant.core.clients import listening_client, sync_client
from ai_assistant.core.journal import REALTIME_CHANNEL
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.database import database_engine
from ai_assistant.hosts.standalone.outbox import LARGEST_BACKLOG
from ai_assistant.hosts.standalone.redis import embedded_redis
from ai_assistant.hosts.standalone.sockets import Sockets
from tests.standalone.conftest import PASSWORD, SITE, WAIT, RunningSite, until

NAMESPACE = f"/{SITE}"
TEXT = {"type": "text", "task_id": "r1", "text": 'Grüße "\u2028" 😀', "offset": 0}


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_an_event_reaches_its_user_on_both_namespaces(site: RunningSite, transport: str) -> None:
	ann = await site.connect("/", NAMESPACE, auth=site.auth(), transports=[transport])
	site.publish("ann", TEXT)
	received = await ann.take(2)
	assert sorted(received) == [("/", "ai_progress", TEXT), (NAMESPACE, "ai_progress", TEXT)]


async def test_an_event_reaches_every_client_of_its_user_and_nobody_else(site: RunningSite) -> None:
	first, second = [await site.connect(NAMESPACE, auth=site.auth()) for _ in range(2)]
	other = await site.connect(NAMESPACE, auth=site.auth("bob"))
	site.publish("ann", TEXT)
	site.publish("bob", {"text": "for bob"})
	assert await first.next() == await second.next() == (NAMESPACE, "ai_progress", TEXT)
	assert await other.next() == (NAMESPACE, "ai_progress", {"text": "for bob"})


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_events_keep_their_order(site: RunningSite, transport: str) -> None:
	ann = await site.connect(NAMESPACE, auth=site.auth(), transports=[transport])
	for seq in range(1000):
		site.publish("ann", {"seq": seq})
	assert [data["seq"] for _, _, data in await ann.take(1000)] == list(range(1000))


NOT_FOR_A_USER_HERE: list[dict[str, Any]] = [
	{"room": "task_progress:r1"},
	{"room": "all"},
	{"room": ""},
	{"room": None},
	{"namespace": "other.test"},
	{"namespace": None},
]


async def test_what_is_not_for_a_user_of_this_site_goes_nowhere(site: RunningSite) -> None:
	ann = await site.connect("/", NAMESPACE, auth=site.auth())
	for changes in NOT_FOR_A_USER_HERE:
		site.publish("ann", {"text": "stray"}, **changes)
	site.publish("ann", TEXT)
	assert {data["text"] for _, _, data in await ann.take(2)} == {TEXT["text"]}


async def test_what_is_no_envelope_is_passed_over(site: RunningSite) -> None:
	ann = await site.connect(NAMESPACE, auth=site.auth())
	for broken in (
		b"not JSON",
		b"[]",
		b'{"event": "ai_progress", "message": {}, "room": "user:ann"}',
		b'{"event": "ai_progress", "message": "\xff", "room": "user:ann", "namespace": "site.test"}',
		b'{"event": "\xff", "message": {}, "room": "user:ann", "namespace": "site.test"}',
	):
		site.bus.publish(REALTIME_CHANNEL, broken)  # type: ignore[arg-type]
	site.publish("ann", TEXT)
	assert await ann.next() == (NAMESPACE, "ai_progress", TEXT)


async def test_every_way_to_prove_who_one_is(site: RunningSite) -> None:
	login = await site.call("login", user=None, json={"usr": "ann", "pwd": PASSWORD})
	sid = login.headers["Set-Cookie"].partition(";")[0].partition("=")[2]
	for proof in (
		{"auth": {"sid": sid}},
		{"auth": site.auth()},
		{"headers": {"Cookie": f"x=1; sid={sid}"}},
		{"headers": {"Authorization": f"token {site.tokens['ann']}"}},
	):
		ann = await site.connect(NAMESPACE, **proof)
		site.publish("ann", TEXT)
		assert (await ann.next())[2] == TEXT


NO_PROOF: list[dict[str, Any]] = [
	{},
	{"auth": {"token": "no:body"}},
	{"auth": {"token": "nonsense"}},
	{"auth": {"token": 5}},
	{"auth": {"sid": "nobody"}},
	{"headers": {"Cookie": "sid=Guest"}},
	{"headers": {"Cookie": "sid=nobody"}},
	{"headers": {"Authorization": "Bearer x"}},
]


async def test_nobody_else_connects(site: RunningSite) -> None:
	for namespace, proof in product(("/", NAMESPACE), NO_PROOF):
		with pytest.raises(SocketConnectionError):
			await site.connect(namespace, **proof)


async def test_there_is_no_namespace_of_another_site(site: RunningSite) -> None:
	with pytest.raises(SocketConnectionError):
		await site.connect("/other.test", auth=site.auth())


async def test_refusal_says_why(site: RunningSite) -> None:
	async with site.http.ws_connect(f"{site.url}/socket.io/?EIO=4&transport=websocket") as raw:
		await raw.receive_str(timeout=WAIT)
		await raw.send_str(f"40{NAMESPACE},")
		assert await raw.receive_str(timeout=WAIT) == f'44{NAMESPACE},{{"message":"Sign in first."}}'


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_page_of_another_site_does_not_connect(site: RunningSite, transport: str) -> None:
	for origin in ("https://evil.test", "null", "http://127.0.0.1:1", "http://["):
		with pytest.raises(SocketConnectionError):
			await site.connect(
				NAMESPACE, auth=site.auth(), headers={"Origin": origin}, transports=[transport]
			)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
async def test_own_page_connects_even_through_a_proxy_that_ends_tls(
	site: RunningSite, transport: str
) -> None:
	for origin in (site.url, site.url.replace("http:", "https:")):
		assert await site.connect(
			NAMESPACE, auth=site.auth(), headers={"Origin": origin}, transports=[transport]
		)


async def test_ping_is_answered_as_frappe_does(site: RunningSite) -> None:
	ann = await site.connect(NAMESPACE, auth=site.auth())
	await ann.client.emit("ping", namespace=NAMESPACE)
	assert await ann.next() == (NAMESPACE, "pong", None)


async def test_no_client_joins_a_room(site: RunningSite) -> None:
	bob = await site.connect(NAMESPACE, auth=site.auth("bob"))
	for event in ("task_subscribe", "join", "doc_subscribe", "room"):
		await bob.client.emit(event, "user:ann", namespace=NAMESPACE)
	await bob.client.emit("ping", namespace=NAMESPACE)
	assert (await bob.next())[1] == "pong"
	site.publish("ann", TEXT)
	site.publish("bob", {"text": "for bob"})
	assert (await bob.next())[2] == {"text": "for bob"}


async def test_closing_twice_is_closing_once(site: RunningSite) -> None:
	await site.connect(NAMESPACE, auth=site.auth(), transports=["polling"])
	await site.application.sockets.close()
	await site.application.sockets.close()


async def test_realtime_comes_back_after_the_bus_was_away(site: RunningSite) -> None:
	ann = await site.connect(NAMESPACE, auth=site.auth())
	site.bus.execute_command("CLIENT", "KILL", "TYPE", "pubsub")
	await until(lambda: site.publish("ann", TEXT))
	assert (await ann.next())[2] == TEXT
	assert site.application.sockets.reconnections == 1


async def test_realtime_comes_back_after_redis_restarted(tmp_path: Path) -> None:
	noticed: list[bytes] = []
	envelope = {"event": "ai_progress", "message": TEXT, "room": "user:ann", "namespace": SITE}
	with TemporaryDirectory() as directory, ThreadPoolExecutor() as threads:
		with embedded_redis(Path(directory)) as url:
			accounts = Accounts(database_engine(None, tmp_path))
			sockets = Sockets(SITE, listening_client(url), accounts, threads, noticed.append)
			listening = asyncio.create_task(sockets.listen())
			await asyncio.wait_for(sockets.is_listening.wait(), WAIT)
		with embedded_redis(Path(directory)) as again, sync_client(again) as bus:
			assert again == url
			await until(lambda: bus.publish(REALTIME_CHANNEL, msgspec.json.encode(envelope)))
			await until(lambda: noticed)
		listening.cancel()
		await asyncio.wait([listening])


async def test_client_that_does_not_read_is_disconnected(site: RunningSite) -> None:
	def is_dropped() -> bool:
		site.publish("ann", {"text": "x" * 250_000})
		return not list(site.application.sockets.server.manager.get_participants("/", "user:ann"))

	url = f"{site.url}/socket.io/?EIO=4&transport=websocket"
	async with site.http.ws_connect(url, max_msg_size=0) as raw:
		await raw.receive_str(timeout=WAIT)
		await raw.send_str("40" + msgspec.json.encode(site.auth()).decode())
		await raw.receive_str(timeout=WAIT)
		assert raw._response.connection is not None
		transport = raw._response.connection.transport
		transport.pause_reading()
		await until(is_dropped)
		transport.resume_reading()
		assert await asyncio.wait_for(characters_of(raw), WAIT) < 2 * LARGEST_BACKLOG


async def characters_of(raw: aiohttp.ClientWebSocketResponse) -> int:
	"""How much there was still to read until the server closed."""
	return sum([len(message.data) async for message in raw])
