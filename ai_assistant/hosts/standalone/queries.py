"""The store's statements in SQL, built once: building one costs several times what running it does."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
	BindParameter,
	ColumnElement,
	Select,
	and_,
	bindparam,
	case,
	delete,
	exists,
	func,
	insert,
	literal,
	literal_column,
	or_,
	select,
	update,
)

from ai_assistant.hosts.standalone.tables import (
	attachments,
	conversations,
	messages,
	owners,
	preferences,
	runs,
)

_MOST: BindParameter[int] = bindparam("most")
_USER: BindParameter[str] = bindparam("user")
_ID: BindParameter[str] = bindparam("id")
_NOW: BindParameter[float] = bindparam("now")


def _is_one_of(*states: str) -> ColumnElement[bool]:
	"""Part of the statement's text, unlike parameters, whose list is written into it anew each time."""
	return runs.c.state.in_([literal_column(f"'{state}'") for state in states])


_IS_ACTIVE = _is_one_of("waiting", "queued", "running")

LOCK_OWNER = select(owners.c.user).where(owners.c.user == _USER).with_for_update()
INSERT_OWNER = insert(owners)

CONVERSATION = select(conversations).where(
	conversations.c.user == _USER, conversations.c.id == _ID, conversations.c.status != "deleted"
)
CONVERSATIONS = (
	select(conversations)
	.where(conversations.c.user == _USER, conversations.c.status == bindparam("status"))
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
		modified=case((conversations.c.modified > _NOW, conversations.c.modified), else_=_NOW),
		title=case((conversations.c.title == "", bindparam("first_title")), else_=conversations.c.title),
	)
)
SPEAK_IN_CONVERSATION = GO_ON_WITH_CONVERSATION.values(status="active", leaf=bindparam("message"))

CHANGE_CONVERSATION = update(conversations).where(conversations.c.number == bindparam("conversation"))
CHOOSE_LEAF = CHANGE_CONVERSATION.values(leaf=bindparam("message"))
GIVE_UP_CONVERSATION = CHANGE_CONVERSATION.values(status="deleted", id=bindparam("unused"))
SHOW_ANSWER = CHOOSE_LEAF.where(conversations.c.leaf == bindparam("question"))
IS_DELETED = select(conversations.c.number).where(
	conversations.c.number == bindparam("conversation"),
	conversations.c.status == "deleted",
	~exists().where(runs.c.conversation == conversations.c.number, _IS_ACTIVE),
)
DELETE_CONVERSATION = delete(conversations).where(conversations.c.number == bindparam("conversation"))
_OF_CONVERSATION = messages.c.conversation == bindparam("conversation")
DELETE_ALL_MESSAGES = delete(messages).where(_OF_CONVERSATION)
DELETE_ALL_RUNS = delete(runs).where(runs.c.conversation == bindparam("conversation"))

INSERT_MESSAGE = insert(messages)
MESSAGE_OF_USER: Select[Any] = (
	select(
		messages.c.role,
		messages.c.parent,
		messages.c.details,
		messages.c.conversation,
		conversations.c.id.label("conversation_id"),
		conversations.c.leaf,
	)
	.join(conversations, conversations.c.number == messages.c.conversation)
	.where(messages.c.id == _ID, conversations.c.user == _USER, conversations.c.status != "deleted")
)
CALLING = select(messages.c.details).where(_OF_CONVERSATION, messages.c.role == "assistant")
INSERT_ATTACHMENT = insert(attachments)
ATTACHMENT_OF_USER = (
	select(attachments)
	.join(messages, messages.c.id == attachments.c.message)
	.join(conversations, conversations.c.number == messages.c.conversation)
	.where(attachments.c.id == _ID, conversations.c.user == _USER, conversations.c.status != "deleted")
)
CONTENTS = select(attachments.c.id, attachments.c.content).where(
	attachments.c.id.in_(bindparam("ids", expanding=True))
)
PARENT = select(messages.c.parent).where(messages.c.id == _ID)
SET_FEEDBACK = (
	update(messages).where(messages.c.id == bindparam("message")).values(feedback=bindparam("feedback"))
)
FAMILY = (
	select(messages.c.id, messages.c.parent)
	.where(_OF_CONVERSATION, messages.c.parent.in_(bindparam("parents", expanding=True)))
	.order_by(messages.c.number)
)
FIRST_ONES = (
	select(messages.c.id, messages.c.parent)
	.where(_OF_CONVERSATION, messages.c.parent.is_(None))
	.order_by(messages.c.number)
)
_MESSAGES = select(messages, runs.c.result).outerjoin(runs, runs.c.id == messages.c.run)
"""With what the run that made it tells of it."""

THESE_MESSAGES = _MESSAGES.where(_OF_CONVERSATION, messages.c.id.in_(bindparam("ids", expanding=True)))
EVERY_PARENT = select(messages.c.id, messages.c.parent).where(_OF_CONVERSATION).order_by(messages.c.number)
NEWEST_ANSWER = (
	select(messages.c.id)
	.where(_OF_CONVERSATION, messages.c.parent == bindparam("question"), messages.c.role == "assistant")
	.order_by(messages.c.number.desc())
	.limit(1)
)
FOLLOW_ANSWER = (
	update(messages)
	.where(
		messages.c.parent == bindparam("question"),
		messages.c.role != "assistant",
		messages.c.created > bindparam("since"),
		messages.c.created < bindparam("until"),
	)
	.values(parent=bindparam("answer"))
)

_leaf = select(messages.c.id, messages.c.parent, literal(0).label("depth")).where(messages.c.id == _ID)
_leaf_up = _leaf.cte("branch", recursive=True)
_branch = _leaf_up.union_all(
	select(messages.c.id, messages.c.parent, _leaf_up.c.depth + 1)
	.join(_leaf_up, messages.c.id == _leaf_up.c.parent)
	.where(_leaf_up.c.depth + 1 < _MOST)
)
BRANCH = _MESSAGES.join(_branch, _branch.c.id == messages.c.id).order_by(_branch.c.depth)
"""From the message upwards, the newest first."""

_is_question = case((messages.c.role == "user", 1), else_=0)
_answered = (
	select(
		messages.c.id,
		messages.c.parent,
		literal(0).label("depth"),
		_is_question.label("questions"),
		literal(0).label("taken"),
	)
	.join(runs, runs.c.user_message_id == messages.c.id)
	.where(runs.c.id == _ID)
)
_answered_up = _answered.cte("read", recursive=True)
_counts = and_(
	_answered_up.c.questions > 0,
	messages.c.created != bindparam("created"),
	messages.c.role != "system",
	messages.c.is_empty.is_(False),
)
_read = _answered_up.union_all(
	select(
		messages.c.id,
		messages.c.parent,
		_answered_up.c.depth + 1,
		_answered_up.c.questions + _is_question,
		_answered_up.c.taken + case((_counts, 1), else_=0),
	)
	.join(_answered_up, messages.c.id == _answered_up.c.parent)
	.where(_answered_up.c.taken < _MOST)
)
RUN_MESSAGES = (
	select(messages)
	.outerjoin(_read, _read.c.id == messages.c.id)
	.where(
		messages.c.conversation == bindparam("conversation"),
		messages.c.is_empty.is_(False),
		or_(_read.c.id.is_not(None), messages.c.role == "system"),
	)
	.order_by(func.coalesce(_read.c.depth, 1_000_000).desc(), messages.c.number)
)
"""What the model reads: upwards from what is answered to the newest question, `most` messages before that beside those
of the request, and all of role system."""

_RUNS = select(
	runs, messages.c.content.label("answer"), messages.c.reasoning.label("answer_reasoning")
).outerjoin(messages, messages.c.id == runs.c.message_id)
RUN = _RUNS.where(runs.c.id == _ID)
RUN_OF_USER = RUN.where(runs.c.user == _USER)
RUN_LOCKED = RUN.with_for_update(of=runs)
RUN_OF_REQUEST = _RUNS.where(runs.c.user == _USER, runs.c.request_id == bindparam("request_id"))
_RUNS_OF_CONVERSATION = (
	_RUNS.join(conversations, conversations.c.number == runs.c.conversation)
	.where(conversations.c.user == _USER, conversations.c.id == _ID)
	.order_by(runs.c.created)
)
"""Not those of a conversation that was deleted and had the same id."""

ACTIVE_RUNS = _RUNS_OF_CONVERSATION.where(_IS_ACTIVE)
RUNS_OF_MESSAGES = _RUNS_OF_CONVERSATION.where(
	runs.c.user_message_id.in_(bindparam("messages", expanding=True))
)

UNFINISHED_RUNS = (
	_RUNS.where(
		_IS_ACTIVE,
		runs.c.created < bindparam("before"),
		or_(
			runs.c.created > bindparam("created"),
			and_(runs.c.created == bindparam("created"), runs.c.id > _ID),
		),
	)
	.order_by(runs.c.created, runs.c.id)
	.limit(_MOST)
)
OTHERS_TO_COME = select(runs.c.created).where(
	runs.c.conversation == bindparam("conversation"),
	runs.c.user_message_id == bindparam("question"),
	_IS_ACTIVE,
)
"""When else the question was asked that is not answered yet."""


def _number_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
	return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


UNDER_WAY = select(
	func.count().label("active"),
	_number_where(runs.c.state == "waiting").label("waiting"),
	_number_where(runs.c.conversation == bindparam("conversation")).label("of_conversation"),
	func.coalesce(func.max(runs.c.created), 0.0).label("newest"),
).where(runs.c.user == _USER, _IS_ACTIVE)
WAITING_RUNS = _RUNS.where(runs.c.user == _USER, runs.c.state == "waiting")
"""In any order, or SQLite would take the index of all users' runs by time."""

GOING_ON = select(runs.c.conversation).where(runs.c.user == _USER, _is_one_of("queued", "running"))
"""The conversations of a user's runs that neither wait nor have ended."""

FREE_RUN = update(runs).where(runs.c.id == bindparam("run")).values(state="queued")
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
_was_brought = and_(_OF_CONVERSATION, messages.c.created == bindparam("at"), messages.c.run.is_(None))
BROUGHT_MESSAGES = select(messages.c.id, messages.c.parent).where(_was_brought).order_by(messages.c.number)
DELETE_MESSAGES = delete(messages).where(_was_brought)
FOLLOW_EARLIER = (
	update(messages).where(messages.c.parent == bindparam("gone")).values(parent=bindparam("earlier"))
)
DELETE_IF_EMPTY = delete(conversations).where(
	conversations.c.number == bindparam("conversation"),
	~exists().where(messages.c.conversation == conversations.c.number),
)

PREFERENCES = select(preferences.c.details).where(preferences.c.user == _USER)
DELETE_PREFERENCES = delete(preferences).where(preferences.c.user == _USER)
INSERT_PREFERENCES = insert(preferences)
