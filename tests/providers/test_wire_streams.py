"""Streams in the words of ten servers, cut anywhere, against what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ai_assistant.core.answer import collected
from ai_assistant.core.deltas import Source
from ai_assistant.core.errors import ProviderError
from tests.providers.conftest import Connect
from tests.providers.kinds import HTTP_KINDS, prompt
from tests.providers.replay import Replay

WIRE = Path(__file__).parent.parent / "fixtures" / "wire"
KINDS = {kind.kind: kind for kind in HTTP_KINDS}


def expectation(name: str) -> dict[str, Any]:
	loaded: dict[str, Any] = json.loads((WIRE / f"{name}.json").read_text())
	return loaded


@pytest.mark.parametrize("size", [7, 1_000_000])
@pytest.mark.parametrize("name", sorted(path.stem for path in WIRE.glob("*.sse")))
async def test_a_stream_says_what_it_says(name: str, size: int, replay: Replay, connected: Connect) -> None:
	replay.body, replay.size = (WIRE / f"{name}.sse").read_bytes(), size
	expected = expectation(name)
	client = connected(KINDS[expected["kind"]].provider(replay.url, "model"))
	answer = collected([delta async for delta in client.stream(prompt("model"))])
	assert answer.reasoning == expected["reasoning"]
	assert answer.text == expected["text"]
	assert [
		{"id": call.id, "name": call.name, "arguments": call.arguments} for call in answer.tool_calls
	] == expected["tool_calls"]
	assert list(answer.sources) == [Source(**source) for source in expected.get("sources", [])]
	assert answer.finish_reason == expected["finish_reason"]
	assert list(answer.opaque) == expected.get("opaque", [])
	if expected["usage"] is None:
		assert answer.usage is None
	else:
		assert answer.usage is not None
		assert {name: getattr(answer.usage, name) for name in expected["usage"]} == expected["usage"]


@pytest.mark.parametrize("field", ["id", "name"])
@pytest.mark.parametrize(
	"name", sorted(path.stem for path in WIRE.glob("*.json") if expectation(path.stem)["tool_calls"])
)
async def test_a_tool_call_whose_id_or_name_is_no_text_breaks_the_stream(
	name: str, field: str, replay: Replay, connected: Connect
) -> None:
	expected = expectation(name)
	given = json.dumps(expected["tool_calls"][0][field]).encode()
	replay.body = (WIRE / f"{name}.sse").read_bytes().replace(given, b"7")
	client = connected(KINDS[expected["kind"]].provider(replay.url, "model"))
	with pytest.raises(ProviderError) as caught:
		[delta async for delta in client.stream(prompt("model"))]
	assert caught.value.code == "network"


@pytest.mark.parametrize("name", ["openai_refusal", "azure_text", "anthropic_refusal"])
async def test_a_finished_stream_leaves_its_connection_for_the_next(
	name: str, replay: Replay, connected: Connect
) -> None:
	replay.body = (WIRE / f"{name}.sse").read_bytes()
	client = connected(KINDS[expectation(name)["kind"]].provider(replay.url, "model"))
	for _ in range(3):
		assert [delta async for delta in client.stream(prompt("model"))]
	assert len(replay.peers) == 3
	assert len(set(replay.peers)) == 1
