"""The longer statements of the store, for MariaDB."""

from __future__ import annotations

from ai_assistant.core.deltas import Usage
from ai_assistant.core.events import Timing

IS_ACTIVE = "status in ('Waiting', 'Queued', 'Running')"

_ASKED = """r.name, r.owner, r.creation, r.conversation, r.conversation_id, r.status, r.attempts, r.generation,
	r.user_message, r.request_id, r.digest, r.message"""

ACTIVE_RUNS = f"select {_ASKED} from `tabAI Run` r"
"""What is known of runs that have not ended: reading the sixty columns of a run takes longer than finding it."""

UNDER_WAY = f"""
select count(*) active, coalesce(sum(status = 'Waiting'), 0) waiting,
	coalesce(sum(conversation = %s), 0) of_conversation, max(creation) newest
from `tabAI Run` where owner = %s and {IS_ACTIVE}
"""

GOING_ON = "select conversation from `tabAI Run` where owner = %s and status in ('Queued', 'Running')"
"""The conversations of a user's runs that neither wait nor have ended."""

RUNS = """
select r.*, m.content answer_content, m.reasoning answer_reasoning, m.tool_calls answer_tool_calls,
	m.sources answer_sources
from `tabAI Run` r left join `tabAI Message` m on m.name = r.message
"""

RUNS_OF_MESSAGES = f"""
{RUNS} join `tabAI Conversation` c on c.name = r.conversation
where c.owner = %s and c.conversation_id = %s and r.user_message in %s order by r.creation
"""

_ANSWERED = ", ".join(
	f"r.{name}"
	for name in (
		*Usage.__struct_fields__,
		*Timing.__struct_fields__,
		"cost",
		"has_cost",
		"error",
		"finish_reason",
		"usage_basis",
	)
	if name != "basis"
)
"""What a message shows of the run that made it."""

_AS_DEEP_AS_IT_IS = "set statement max_recursive_iterations = 1000000 for "
"""MariaDB ends after 1000 messages without a word."""

BRANCH = f"""
{_AS_DEEP_AS_IT_IS}with recursive branch as (
	select name, follows, 1 depth from `tabAI Message` where name = %s and conversation = %s
	union all
	select m.name, m.follows, b.depth + 1 from branch b join `tabAI Message` m on m.name = b.follows
	where b.depth < %s
)
select m.*, {_ANSWERED} from branch b join `tabAI Message` m on m.name = b.name
left join `tabAI Run` r on r.name = m.run
order by b.depth
"""
"""From a message of the conversation upwards, the newest first, so many at most."""

THESE_MESSAGES = f"""
select m.*, {_ANSWERED} from `tabAI Message` m left join `tabAI Run` r on r.name = m.run
where m.conversation = %s and m.name in %s
"""

EVERY_PARENT = "select name, follows from `tabAI Message` where conversation = %s order by position"

FAMILIES = """
select name, follows from `tabAI Message`
where conversation = %s and (follows in %s or follows is null) order by position
"""

MESSAGE_OF_USER = """
select m.name, m.role, m.follows, m.attachments, m.context, m.conversation, c.conversation_id, c.leaf
from `tabAI Message` m join `tabAI Conversation` c on c.name = m.conversation
where m.name = %s and c.owner = %s and c.status <> 'Deleted'
"""

CALLING = "select tool_calls from `tabAI Message` where conversation = %s and tool_calls is not null"

ATTACHMENT_OF_USER = """
select a.name, a.kind, a.file_name, a.media_type, a.size, a.content
from `tabAI Attachment` a join `tabAI Conversation` c on c.name = a.conversation
where a.name = %s and c.owner = %s and c.status <> 'Deleted'
"""

SEARCH = """
select m.name, m.role, m.content, m.creation, c.conversation_id, c.title
from `tabAI Message` m join `tabAI Conversation` c on c.name = m.conversation
where c.owner = %s and c.status <> 'Deleted' and m.role in ('user', 'assistant')
"""

BROUGHT_MESSAGES = """
select name, follows from `tabAI Message`
where conversation = %s and creation = %s and run is null order by position
"""
"""Those that came with a run of that time."""

NEWEST_ANSWER = """
select name from `tabAI Message`
where conversation = %s and follows = %s and role = 'assistant' order by position desc limit 1
"""

FOLLOW_ANSWER = """
update `tabAI Message` set follows = %s
where conversation = %s and follows = %s and role <> 'assistant' and creation > %s and creation < %s
"""

OTHERS_TO_COME = f"""
select creation from `tabAI Run` where conversation = %s and user_message = %s and {IS_ACTIVE}
"""
"""When else the question was asked that is not answered yet."""

SHOW_ANSWER = """
update `tabAI Conversation` set modified = greatest(modified, %s), leaf = if(leaf = %s, %s, leaf) where name = %s
"""
"""The history goes on with the answer if it ended with the question."""

_IS_SAID = "(m.role <> 'assistant' or m.content <> '' or m.tool_calls is not null)"

RUN_TO_CARRY = f"""
{_AS_DEEP_AS_IT_IS}with recursive `read` as (
	select q.name, q.follows, r.creation asked, 0 depth, q.role = 'user' questions, 0 taken
	from `tabAI Run` r join `tabAI Message` q on q.name = r.user_message where r.name = %s
	union all
	select m.name, m.follows, b.asked, b.depth + 1, b.questions + (m.role = 'user'),
		b.taken + if(b.questions and m.creation <> b.asked and m.role <> 'system' and {_IS_SAID}, 1, 0)
	from `read` b join `tabAI Message` m on m.name = b.follows
	where b.taken < %s
)
select {_ASKED}, p.enabled, p.full_name, p.instructions, m.role, m.content, m.reasoning, m.tool_calls,
	m.tool_call_id, m.provider, m.opaque, m.attachments, m.context
from `tabAI Run` r join `tabAI Message` m on m.conversation = r.conversation
left join `read` b on b.name = m.name left join `tabAI Preferences` p on p.owner = r.owner
where r.name = %s and {_IS_SAID} and (b.name is not null or m.role = 'system')
order by coalesce(b.depth, 1000000) desc, m.position
"""
"""A run with its user's preferences, once for each message that the model reads: upwards from what is answered to the
newest question, so many messages before that beside those that came when the run did, and all of role system."""

IS_FORGOTTEN = f"""
select c.name from `tabAI Conversation` c where c.name = %s and c.status = 'Deleted'
	and not exists (select 1 from `tabAI Run` r where r.conversation = c.name and r.{IS_ACTIVE})
"""
"""Whether its user has deleted the conversation, and none of its runs is left to end."""
