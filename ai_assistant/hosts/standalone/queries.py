"""The store's statements in SQL, built once: building one costs several times what running it does."""

from __future__ import annotations

from sqlalchemy import BindParameter, and_, bindparam, case, delete, exists, func, insert, or_, select, update

from ai_assistant.hosts.standalone.tables import conversations, messages, owners, runs

_MOST: BindParameter[int] = bindparam("most")
_USER: BindParameter[str] = bindparam("user")
_ID: BindParameter[str] = bindparam("id")

LOCK_OWNER = select(owners.c.user).where(owners.c.user == _USER).with_for_update()
INSERT_OWNER = insert(owners)

CONVERSATION = select(conversations).where(conversations.c.user == _USER, conversations.c.id == _ID)
CONVERSATIONS = (
	select(conversations)
	.where(conversations.c.user == _USER)
	.order_by(conversations.c.modified.desc(), conversations.c.id.desc())
	.limit(_MOST)
)
CONVERSATIONS_BEFORE = CONVERSATIONS.where(
	or_(
		conversations.c.modified < bindparam("before"),
		and_(conversations.c.modified == bindparam("before"), conversations.c.id < bindparam("before_id")),
	)
)
INSERT_CONVERSATION = insert(conversations)
GO_ON_WITH_CONVERSATION = (
	update(conversations)
	.where(conversations.c.number == bindparam("conversation"))
	.values(
		modified=bindparam("now"),
		title=case((conversations.c.title == "", bindparam("first_title")), else_=conversations.c.title),
	)
)

INSERT_MESSAGE = insert(messages)
MESSAGES = (
	select(messages)
	.where(messages.c.conversation == bindparam("conversation"))
	.order_by(messages.c.number.desc())
	.limit(_MOST)
)
MESSAGES_BEFORE = MESSAGES.where(
	messages.c.number
	< select(messages.c.number).where(messages.c.id == bindparam("before")).scalar_subquery()
)
_QUESTION = messages.alias("question")
_EARLIER = messages.alias("earlier")
_OLDEST_TO_READ = (
	select(_EARLIER.c.number)
	.where(
		_EARLIER.c.conversation == _QUESTION.c.conversation,
		_EARLIER.c.number < _QUESTION.c.number,
		_EARLIER.c.created < runs.c.created,
		_EARLIER.c.role != "system",
		_EARLIER.c.is_empty.is_(False),
	)
	.order_by(_EARLIER.c.number.desc())
	.offset(bindparam("others"))
	.limit(1)
	.correlate(_QUESTION, runs)
	.scalar_subquery()
)
RUN_MESSAGES = (
	select(messages)
	.select_from(runs)
	.join(_QUESTION, _QUESTION.c.id == runs.c.user_message_id)
	.join(messages, messages.c.conversation == _QUESTION.c.conversation)
	.where(
		runs.c.id == _ID,
		messages.c.number <= _QUESTION.c.number,
		messages.c.is_empty.is_(False),
		or_(messages.c.role == "system", messages.c.number >= func.coalesce(_OLDEST_TO_READ, 0)),
	)
	.order_by(messages.c.number)
)

_IS_ACTIVE = or_(runs.c.state == "queued", runs.c.state == "running")
_RUNS = select(
	runs, messages.c.content.label("answer"), messages.c.reasoning.label("answer_reasoning")
).outerjoin(messages, messages.c.id == runs.c.message_id)
RUN = _RUNS.where(runs.c.id == _ID)
RUN_OF_USER = RUN.where(runs.c.user == _USER)
RUN_LOCKED = RUN.with_for_update(of=runs)
RUN_OF_REQUEST = _RUNS.where(runs.c.user == _USER, runs.c.request_id == bindparam("request_id"))
ACTIVE_RUNS = _RUNS.where(runs.c.user == _USER, runs.c.conversation_id == _ID, _IS_ACTIVE).order_by(
	runs.c.created
)
UNFINISHED_RUNS = (
	_RUNS.where(_IS_ACTIVE, runs.c.created < bindparam("before")).order_by(runs.c.created).limit(_MOST)
)
COUNT_ACTIVE = select(func.count()).select_from(runs).where(runs.c.user == _USER, _IS_ACTIVE)
INSERT_RUN = insert(runs)
BEGIN_ATTEMPT = (
	update(runs)
	.where(runs.c.id == bindparam("run"), runs.c.attempts < bindparam("attempt"), _IS_ACTIVE)
	.values(state="running", attempts=bindparam("attempt"))
)
FINISH_RUN = (
	update(runs)
	.where(runs.c.id == bindparam("run"))
	.values(
		state=bindparam("outcome"),
		attempts=bindparam("attempt"),
		message_id=bindparam("answer"),
		result=bindparam("details"),
	)
)
DELETE_RUN = delete(runs).where(runs.c.id == bindparam("run"))
DELETE_MESSAGES = delete(messages).where(
	messages.c.conversation == bindparam("conversation"),
	messages.c.created == bindparam("at"),
	messages.c.run.is_(None),
)
DELETE_IF_EMPTY = delete(conversations).where(
	conversations.c.number == bindparam("conversation"),
	~exists().where(messages.c.conversation == conversations.c.number),
)
