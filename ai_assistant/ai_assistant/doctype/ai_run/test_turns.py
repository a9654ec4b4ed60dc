from ai_assistant.ai_assistant.site_test import ANN, BOB
from ai_assistant.ai_assistant.store_test import NOON, StoreTest, result
from ai_assistant.core.errors import Conflict, TooManyRequests
from ai_assistant.core.settings import Limits

_TWO = Limits(runs_per_user=4, running_per_user=2)


class TestTurns(StoreTest):
	def test_a_busy_conversation_is_answered_one_after_the_other(self) -> None:
		self.assertEqual(self.ask("r1", "one?").state, "queued")
		second = self.ask("r2", "two?", at=1)
		self.assertEqual((second.state, second.status, second.position), ("waiting", "queued", 1))
		self.assertEqual(self.ask("r3", "three?", at=2).position, 2)
		self.assertEqual([run.id for run in self.store.active_runs(ANN, "7")], ["r1", "r2", "r3"])
		_, turnover = self.answer("r1", "One.")
		self.assertEqual([(run.id, run.state) for run in turnover.freed], [("r2", "queued")])
		self.assertEqual([(run.id, run.position) for run in turnover.waiting], [("r3", 1)])
		self.assertEqual(self.shown(), ["one?", "One.", "two?", "three?"])
		self.assertEqual(self.read_by_model("r2"), ["one?", "One.", "two?"])

	def test_a_busy_conversation_may_refuse(self) -> None:
		self.ask("r1", "one?")
		with self.assertRaises(Conflict):
			self.ask("r2", "two?", on_busy="reject")
		self.assertEqual(self.shown(), ["one?"])
		self.ask("r3", "three?", on_busy="reject", conversation="8")

	def test_users_have_so_many_runs_going_on_and_in_all(self) -> None:
		states = [self.ask(f"r{n}", "?", conversation=str(n), at=n, limits=_TWO).state for n in range(4)]
		self.assertEqual(states, ["queued", "queued", "waiting", "waiting"])
		with self.assertRaises(TooManyRequests):
			self.ask("r4", "?", conversation="4", limits=_TWO)
		self.assertIsNone(self.store.get_conversation(ANN, "4"))
		self.assertEqual(self.ask("r5", "?", user=BOB, limits=_TWO).state, "queued")
		_, turnover = self.answer("r1", limits=_TWO)
		self.assertEqual([run.id for run in turnover.freed], ["r2"])

	def test_a_run_whose_predecessor_ended_unnoticed_is_freed(self) -> None:
		self.ask("r1", "one?")
		self.ask("r2", "two?", at=1)
		self.assertEqual(self.store.free_waiting(ANN, Limits()).freed, ())
		self.store.discard_run("r1")
		self.assertEqual([run.id for run in self.store.free_waiting(ANN, Limits()).freed], ["r2"])
		run = self.store.get_run(ANN, "r2")
		self.assertEqual(run and run.state, "queued")

	def test_a_repeated_request_gives_the_earlier_run(self) -> None:
		first = self.ask("r1", "one?", request_id="q", digest="d")
		self.assertEqual(self.ask("r2", "one?", request_id="q", digest="d"), first)
		self.assertEqual(self.ask("r3", "one?", request_id="q", user=BOB).id, "r3")

	def test_a_run_ends_once_and_by_its_newest_attempt(self) -> None:
		self.ask("r1", "one?")
		self.assertEqual(self.store.begin_attempts([("r1", 2), ("r1", 2), ("none", 1)]), [True, False, False])
		self.assertIsNone(self.store.finish_run("r1", result(attempt=1), Limits()))
		ended, _ = self.answer("r1", "New.", attempt=2)
		again = self.store.finish_run("r1", result("Late.", attempt=3), Limits())
		self.assertEqual(again and again.run, ended)
		self.assertEqual(self.store.get_run(ANN, "r1"), ended)
		self.assertIsNone(self.store.finish_run("none", result(), Limits()))

	def test_unfinished_runs_are_told_oldest_first(self) -> None:
		for number in range(3):
			self.ask(f"r{number}", "?", at=number, conversation=str(number))
		found = [run.id for run in self.store.unfinished_runs(NOON + 2, 1000) if run.user == ANN]
		self.assertEqual(found, ["r0", "r1"])
