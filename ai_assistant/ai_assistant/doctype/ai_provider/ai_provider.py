from collections import Counter
from typing import Any
from urllib.parse import urlsplit

import frappe
from frappe import _
from frappe.model.document import Document

from ai_assistant.ai_assistant.bounds import check_bounds
from ai_assistant.ai_assistant.doctype.ai_provider.trial import tried
from ai_assistant.core.settings import Model, Provider


class AIProvider(Document):
	# begin: auto-generated types
	# This code is auto-generated. Do not modify anything in this block.

	from typing import TYPE_CHECKING

	if TYPE_CHECKING:
		from frappe.types import DF

		from ai_assistant.ai_assistant.doctype.ai_provider_model.ai_provider_model import AIProviderModel

		api_key: DF.Password | None
		base_url: DF.Data | None
		enabled: DF.Check
		kind: DF.Literal["openai", "openai_compatible", "anthropic", "scripted"]
		models: DF.Table[AIProviderModel]
		priority: DF.Int
		provider_name: DF.Data
		timeout: DF.Float

	# end: auto-generated types

	def validate(self) -> None:
		check_bounds(self, "timeout", Provider, "timeout")
		self._check_address()
		self._check_models()

	@frappe.whitelist(methods=["POST"])
	def test(self, model: str | None = None) -> dict[str, Any]:
		"""Asks for one short answer and says how it went; as it was saved, whatever a client sends of the document."""
		frappe.only_for("System Manager")
		provider = frappe.get_doc(self.doctype, self.name)._as_provider()
		frappe.db.close()  # not to hold a connection while the model answers; it opens again by itself
		return tried(provider, model)

	def _as_provider(self) -> Provider:
		models = [
			Model(row.model, max_tokens=row.max_tokens or None, reasoning=bool(row.reasoning))
			for row in self.models
		]
		return Provider(
			name=self.name,
			kind=self.kind,
			models=tuple(models),
			base_url=self.base_url or None,
			api_key=self.get_password("api_key", raise_exception=False),
			timeout=self.timeout,
		)

	def _check_address(self) -> None:
		"""Whoever forgets the address must not send everything to the vendor of the SDK."""
		if not self.base_url:
			if self.kind == "openai_compatible":
				frappe.throw(_("This kind needs a Base URL, such as https://llm.example/v1."))
			return
		if not _is_http(self.base_url):
			frappe.throw(_("The Base URL must look like https://llm.example/v1."))

	def _check_models(self) -> None:
		counts = Counter(row.model for row in self.models)
		if twice := [model for model, count in counts.items() if count > 1]:
			frappe.throw(_("The model {0} is listed twice.").format(frappe.bold(twice[0])))


def _is_http(address: str) -> bool:
	try:
		parts = urlsplit(address)
		return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
	except ValueError:  # a port that is none, or half an IPv6 address
		return False
