from __future__ import annotations

from ai_assistant.core.events import FinishedToolCall
from ai_assistant.core.messages import File, Message
from ai_assistant.core.providers.history import mended, without_images

SYSTEM, USER, ANSWER = Message("system", "Be brief."), Message("user", "Hi"), Message("assistant", "Hello")
CALLING = Message("assistant", "", tool_calls=(FinishedToolCall("a", "f", "{}"),))
IMAGE = File("image", "a.png", "image/png", 1, "data:1")
RESULT = Message("tool", "42", tool_call_id="a")


def test_a_history_in_order_stays_as_it_is() -> None:
	turns = [SYSTEM, USER, ANSWER, USER, CALLING, RESULT]
	assert mended(turns) == turns


def test_a_history_cut_short_begins_with_its_first_question() -> None:
	assert mended([SYSTEM, RESULT, ANSWER, USER]) == [SYSTEM, USER]


def test_a_call_that_nobody_answered_is_left_out() -> None:
	assert mended([USER, CALLING, USER]) == [USER, USER]


def test_only_the_unanswered_of_several_calls_is_left_out() -> None:
	both = Message("assistant", "", tool_calls=(*CALLING.tool_calls, FinishedToolCall("b", "f", "{}")))
	assert mended([USER, both, RESULT]) == [USER, CALLING, RESULT]


def test_a_result_without_its_call_is_left_out() -> None:
	assert mended([USER, RESULT, USER]) == [USER, USER]


def test_an_answer_without_text_is_left_out() -> None:
	thought = Message("assistant", "", reasoning="Two and two.")
	assert mended([USER, thought, Message("assistant", " \n"), USER]) == [USER, USER]


def test_a_model_that_reads_no_images_is_told_of_each() -> None:
	drawn = Message("user", "What are these?", files=(IMAGE, IMAGE))
	told = Message("user", "[image]\n[image]\nWhat are these?")
	assert without_images([SYSTEM, drawn, ANSWER]) == [SYSTEM, told, ANSWER]
