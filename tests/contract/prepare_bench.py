"""Run by the Python of a bench, in its folder `sites`: makes what the contract suite needs on a site, or takes it away.

`prepare_bench.py SITE PROVIDER_URL PRICE MODEL…` prints the users' tokens and names and the site's address as JSON;
`prepare_bench.py SITE` removes all of it.
"""

import json
import sys

import frappe

PROVIDER = "contract-suite"
ROLES = {
	"ann": ["AI User"],
	"bob": ["AI User"],
	"chief": ["AI User", "System Manager"],
	"auditor": ["AI Auditor"],
	"clerk": ["Desk User"],
	"visitor": [],
}
"""Users by what they may: two who ask, one who administers, one who only reads, one of the desk and one of the website."""

USERS = {name: f"contract-{name}@example.com" for name in ROLES}


def main() -> None:
	site, *provider = sys.argv[1:]
	frappe.init(site=site)
	frappe.connect()
	# what saving a user enqueues is done here: no job keeps the worker from the first run. 15 reads the flag.
	frappe.in_test = frappe.flags.in_test = True
	remove()
	if provider:
		print(json.dumps(prepare(*provider)))
	frappe.db.commit()
	frappe.destroy()


def prepare(url: str, price: str, *models: str) -> dict[str, object]:
	frappe.get_doc(
		{
			"doctype": "AI Provider",
			"provider_name": PROVIDER,
			"kind": "openai_compatible",
			"base_url": f"{url}/v1",
			"api_key": "very-secret-key",
			"priority": 0,
			"models": [
				{
					"model": model,
					"input_price": price,
					"output_price": price,
					"images": int("blind" not in model),
				}
				for model in models
			],
		}
	).insert()
	port = frappe.conf.nginx_port or frappe.conf.webserver_port
	return {
		"tokens": {name: token_of(email, ROLES[name]) for name, email in USERS.items()},
		"names": USERS,
		"url": f"http://{frappe.local.site}:{port}",
	}


def token_of(email: str, roles: list[str]) -> str:
	user = frappe.get_doc(
		{
			"doctype": "User",
			"email": email,
			"first_name": email,
			"send_welcome_email": 0,
			"roles": [{"role": role} for role in roles],
		}
	)
	user.api_key, secret = frappe.generate_hash(length=15), frappe.generate_hash(length=15)
	user.api_secret = secret
	user.insert()
	return f"{user.api_key}:{secret}"


def remove() -> None:
	for email in USERS.values():
		for doctype in ("AI Attachment", "AI Message", "AI Run", "AI Conversation", "AI Spending"):
			frappe.db.delete(doctype, {"owner": email})
		frappe.delete_doc("User", email, force=True, ignore_missing=True)
	frappe.delete_doc("AI Provider", PROVIDER, force=True, ignore_missing=True)


if __name__ == "__main__":
	main()
