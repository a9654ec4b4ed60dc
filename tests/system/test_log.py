"""What the log of a whole site holds after all sorts of failures."""

from __future__ import annotations

import json
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing

from ai_assistant.core.events import Completion, Error
from tests.contract.host import MODELS, text_of
from tests.system.conftest import KEY, Served

QUESTION = "Where did grandmother hide the silver spoons?"
PASSWORD = "a horse that nobody rides"
JSON = {"Content-Type": "application/json"}


def sign_in(site: Served, password: str) -> tuple[int, str]:
	body = json.dumps({"usr": "spy", "pwd": password}).encode()
	request = urllib.request.Request(f"{site.url}/api/method/login", body, JSON)
	try:
		with urllib.request.urlopen(request, timeout=10) as response:
			return response.status, response.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
	except urllib.error.HTTPError as error:
		with error:
			return error.code, ""


def ask(site: Served, model: str) -> str:
	status, body = site.call(
		"chat_completion", message=QUESTION, model=MODELS[model], conversation_id=7, stream=True
	)
	assert status == 200, body
	return str(body["message"]["task_id"])


def damage_messages(site: Served) -> None:
	"""Reading them fails from now on, in a way that nobody has foreseen and that quotes what was read."""
	details = json.dumps({"attachments": [{"id": "1", "kind": QUESTION}]})
	with closing(sqlite3.connect(site.data / "ai-assistant.db")) as database, database:
		assert database.execute("UPDATE messages SET details = ?", (details,)).rowcount


def test_nothing_secret_is_logged_whatever_fails(served: Served) -> None:
	status, body = served.call("admin.add_user", "chief", name="spy")
	assert status == 200
	assert sign_in(served, PASSWORD) == (401, "")
	status, sid = sign_in(served, body["message"]["password"])
	assert status == 200
	served.tokens["thief"] = "stolen-key:stolen-secret"
	assert served.call("chat_completion", "thief", message=QUESTION)[0] == 401
	assert served.post("chat_completion", b'{"message": "' + QUESTION.encode())[0] == 400
	for model, ending in (("refused", Error), ("broken", Error), ("plain", Completion)):
		assert isinstance(served.final(ask(served, model)), ending)
	damage_messages(served)
	assert served.get("chat.get_conversation_history", conversation_id=7)[0] == 500
	final = served.final(ask(served, "plain"))
	assert isinstance(final, Error)
	assert final.code == "internal"
	served.stop()
	log = "".join(served.output)
	assert log.count("msgspec.ValidationError") >= 2
	tokens = [part for token in served.tokens.values() for part in token.split(":")]
	secrets = [KEY, QUESTION, PASSWORD, sid, body["message"]["password"], text_of("plain"), *tokens]
	assert [secret for secret in secrets if secret in log] == []
