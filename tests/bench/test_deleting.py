"""A conversation that is deleted as a document, on the desk or by Frappe's REST, while it is answered."""

from __future__ import annotations

import json

from ai_assistant.core.events import Text
from tests.bench.models import WRITING
from tests.contract.bench import Bench
from tests.contract.host import wait_for

DELETE = """
import json
from ai_assistant.core.events import decode
from ai_assistant.core.journal import Address, Journal
from ai_assistant.hosts.frappe.redis import queue_redis
from ai_assistant.hosts.frappe.settings import web_settings
conversation, user = frappe.db.get_value("AI Run", arguments[0], ["conversation", "owner"])
frappe.delete_doc("AI Conversation", conversation)
frappe.db.commit()
journal = Journal(queue_redis(), web_settings().retention)
for run in arguments:
	final = decode(journal.newest(Address(site, user, run)).event)
	print(json.dumps([type(final).__name__, final.finish_reason]))
print(json.dumps(frappe.get_all("AI Spending", {"run": ("in", arguments)}, pluck="run")))
print(json.dumps(frappe.db.count("AI Run", {"conversation": conversation})))
"""


def test_what_is_answered_in_it_is_stopped_told_and_counted_first(bench: Bench) -> None:
	_, body = bench.call("chat_completion", message="Hello?", model=WRITING, conversation_id=77, stream=True)
	writing = body["message"]["task_id"]
	bench.wait_event(writing, Text)
	_, body = bench.call(
		"chat_completion", message="And then?", model=WRITING, conversation_id=77, stream=True
	)
	waiting = body["message"]["task_id"]
	told = [json.loads(line) for line in bench.run(DELETE, writing, waiting).splitlines()]
	assert told == [["Completion", "cancelled"], ["Completion", "cancelled"], [writing], 0]
	(request,) = bench.simulator.requests_of(WRITING)[-1:]
	wait_for(lambda: request.ended is not None, 5, lambda: "The provider goes on.")
