"""What a bench refuses in its own words before it comes to a method, as docs/protocol.md says; for schemathesis."""

from __future__ import annotations

import schemathesis
from schemathesis.core.transport import Response

_SAYS = {
	400: "Request Line is too large",
	404: '"exc_type":"DoesNotExistError"}',
	414: "Request-URI Too Large",
	417: "Invalid request arguments",
	500: "JSONDecodeError",
}


@schemathesis.hook
def filter_failure(
	_context: schemathesis.HookContext, _failure: Exception, _case: schemathesis.Case, response: Response
) -> bool:
	says = _SAYS.get(response.status_code)
	return says is None or says not in response.text
