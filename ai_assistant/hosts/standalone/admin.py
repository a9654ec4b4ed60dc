"""What administrators may do on the site's page: providers, users, runs and live figures."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar, get_type_hints

from msgspec import Struct
from starlette.responses import Response

from ai_assistant.core.assistant import Assistant
from ai_assistant.core.doctor import examined_providers
from ai_assistant.core.errors import NotPermitted
from ai_assistant.core.figures import EngineFigures, memory
from ai_assistant.core.providers import load
from ai_assistant.core.replies import Changed, StopReply
from ai_assistant.core.requests import EmptyRequest, TaskRequest
from ai_assistant.core.settings import Provider
from ai_assistant.hosts.standalone import admin_replies as replies
from ai_assistant.hosts.standalone import admin_requests as requests
from ai_assistant.hosts.standalone.accounts import Accounts
from ai_assistant.hosts.standalone.following import Following
from ai_assistant.hosts.standalone.methods import Call, Method, success
from ai_assistant.hosts.standalone.providers import Entry, Providers
from ai_assistant.hosts.standalone.run_list import RunList
from ai_assistant.hosts.standalone.users import Users

_LONGEST_TRIAL = 30.0
"""Seconds."""

_R = TypeVar("_R", bound=Struct)


@dataclass(frozen=True)
class Administered:
	"""What there is to administer. `figures` are those of the engines; `changed` is called when providers were changed, and
	`shut_out` with the name of a user who was disabled."""

	assistant: Assistant
	accounts: Accounts
	users: Users
	providers: Providers
	runs: RunList
	figures: Callable[[], list[EngineFigures]]
	changed: Callable[[], None]
	shut_out: Callable[[str], None]


@dataclass(frozen=True)
class Case:
	"""A method that is answered at once; see core.methods.UseCase."""

	verbs: tuple[str, ...]
	request: type[Struct]
	answer: Callable[[Administered, Any], Any]
	reply: Any


class Admin:
	"""The methods. Each asks for the role before it reads anything."""

	def __init__(self, site: Administered, following: Following):
		self._site = site
		self._following = following

	def table(self) -> dict[str, Method]:
		own = {name: Method(case.verbs, self._answer(case)) for name, case in CASES.items()}
		own[TEST] = Method(("POST",), self._test_provider)
		return {f"ai_assistant.api.{name}": method for name, method in own.items()}

	def _answer(self, case: Case) -> Callable[[Call], Awaitable[Response]]:
		async def answer(call: Call) -> Response:
			def work() -> Any:
				self._check(call)
				return case.answer(self._site, call.parse(case.request))

			return success(await self._following.run(work))

		return answer

	def _check(self, call: Call) -> None:
		if not self._site.accounts.is_admin(call.user(self._site.accounts)):
			raise NotPermitted("Only an administrator may do this.")

	async def _test_provider(self, call: Call) -> Response:
		"""Asks it for an answer, on the loop: no thread waits for it."""

		def provider() -> Provider:
			self._check(call)
			found = self._site.providers.get(call.parse(requests.ProviderName).name)
			load(found.kind)
			return found

		return success(await _trial(await self._following.run(provider)))


async def _trial(provider: Provider) -> replies.Trial:
	try:
		(finding,) = await asyncio.wait_for(examined_providers([provider]), _LONGEST_TRIAL)
	except asyncio.TimeoutError:
		remedy = "Check its base URL, and whether its first model answers."
		return replies.Trial(False, f"There was no answer within {_LONGEST_TRIAL:g} s.", remedy)
	return replies.Trial(not finding.remedy, finding.detail, finding.remedy)


def _providers(site: Administered, request: EmptyRequest) -> replies.ProviderList:
	return replies.ProviderList([_shown(entry) for entry in site.providers.entries()])


def _shown(entry: Entry) -> replies.ProviderEntry:
	provider = entry.provider
	return replies.ProviderEntry(
		provider.name,
		provider.kind,
		provider.base_url,
		list(provider.models),
		provider.timeout,
		entry.is_enabled,
		entry.is_of_file,
		entry.has_key,
	)


def _add_provider(site: Administered, request: requests.ProviderRequest) -> Changed:
	site.providers.add(request.provider())
	return _changed(site)


def _change_provider(site: Administered, request: requests.ProviderRequest) -> Changed:
	site.providers.change(request.provider(), keeps_key=request.api_key is None)
	return _changed(site)


def _remove_provider(site: Administered, request: requests.ProviderName) -> Changed:
	site.providers.remove(request.name)
	return _changed(site)


def _enable_provider(site: Administered, request: requests.EnableProviderRequest) -> Changed:
	site.providers.enable(request.name, request.is_enabled)
	return _changed(site)


def _order_providers(site: Administered, request: requests.OrderProvidersRequest) -> Changed:
	site.providers.order(request.names)
	return _changed(site)


def _changed(site: Administered) -> Changed:
	site.changed()
	return Changed()


def _users(site: Administered, request: EmptyRequest) -> replies.UserList:
	return replies.UserList(site.users.list())


def _add_user(site: Administered, request: requests.AddUserRequest) -> replies.AddedUser:
	password = site.accounts.add_user(request.name, is_admin=request.is_admin)
	return replies.AddedUser(request.name, password)


def _change_user(site: Administered, request: requests.ChangeUserRequest) -> Changed:
	site.users.change(request.name, request.is_admin, request.is_disabled)
	if request.is_disabled:
		site.shut_out(request.name)
	return Changed()


def _runs(site: Administered, request: requests.RunsRequest) -> replies.RunPage:
	return site.runs.page(request)


def _stop_run(site: Administered, request: TaskRequest) -> StopReply:
	return site.assistant.stop(site.runs.owner(request.task_id), request)


def _figures(site: Administered, request: EmptyRequest) -> replies.Figures:
	counts, engines = site.runs.counts(), site.figures()
	return replies.Figures(
		queued=counts.get("waiting", 0) + counts.get("queued", 0),
		running=counts.get("running", 0),
		completed=counts.get("completed", 0),
		failed=counts.get("failed", 0),
		first_event_ms=site.runs.first_event_ms(),
		deltas_per_second=round(sum(engine.deltas_per_second for engine in engines), 1),
		memory=memory() + sum(engine.memory for engine in engines),
		engines=engines,
	)


def _case(verb: str, request: type[_R], answer: Callable[[Administered, _R], Any]) -> Case:
	return Case((verb,), request, answer, get_type_hints(answer)["return"])


TEST = "admin.test_provider"

CASES: dict[str, Case] = {
	"admin.providers": _case("GET", EmptyRequest, _providers),
	"admin.add_provider": _case("POST", requests.ProviderRequest, _add_provider),
	"admin.change_provider": _case("POST", requests.ProviderRequest, _change_provider),
	"admin.remove_provider": _case("POST", requests.ProviderName, _remove_provider),
	"admin.enable_provider": _case("POST", requests.EnableProviderRequest, _enable_provider),
	"admin.order_providers": _case("POST", requests.OrderProvidersRequest, _order_providers),
	"admin.users": _case("GET", EmptyRequest, _users),
	"admin.add_user": _case("POST", requests.AddUserRequest, _add_user),
	"admin.change_user": _case("POST", requests.ChangeUserRequest, _change_user),
	"admin.runs": _case("GET", requests.RunsRequest, _runs),
	"admin.stop_run": _case("POST", TaskRequest, _stop_run),
	"admin.figures": _case("GET", EmptyRequest, _figures),
}
"""By the name behind `ai_assistant.api.`; TEST is the only other one."""
