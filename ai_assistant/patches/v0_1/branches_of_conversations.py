"""Before conversations had branches, each message followed the one made before it."""

import frappe

_CHAIN = """
update `tabAI Message` m
join `tabAI Conversation` c on c.name = m.conversation and c.leaf is null
join (
	select name, lag(name) over (partition by conversation order by position) earlier from `tabAI Message`
) e on e.name = m.name
set m.follows = e.earlier
"""

_LEAVES = """
update `tabAI Conversation` c
join (select conversation, max(position) position from `tabAI Message` group by conversation) n
	on n.conversation = c.name
join `tabAI Message` m on m.conversation = n.conversation and m.position = n.position
set c.leaf = m.name where c.leaf is null
"""


def execute() -> None:
	"""Those that have a last message are left as they are."""
	frappe.db.sql(_CHAIN)
	frappe.db.sql(_LEAVES)
