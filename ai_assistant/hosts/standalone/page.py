"""The site's page: what `make page` built of `web/page`, kept in memory."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

BUILT = Path(__file__).with_name("built")
"""`index.html`, and beside it what it loads: files that have a digest of their content in their name."""

_INDEX = "index.html"
_ASSETS = "/assets/"

_MISSING = b"""<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>AI Assistant</title>
<h1>This page has not been built</h1>
<p>The site is running, and programs can use it. To use it in a browser:</p>
<ol>
<li>Install Node.js 18 or newer, with npm, on the machine of the site.</li>
<li>Run <code>make page</code>, and start the site again.</li>
</ol>
</html>
"""

_POLICY = "; ".join(
	(
		"default-src 'none'",
		"script-src 'self'",
		"style-src 'self'",
		"img-src 'self' data: blob:",
		"font-src 'self'",
		"connect-src 'self'",
		"form-action 'self'",
		"base-uri 'none'",
		"frame-ancestors 'none'",
	)
)
_HEADERS = {
	"Content-Security-Policy": _POLICY,
	"X-Content-Type-Options": "nosniff",
	"Referrer-Policy": "no-referrer",
	"Cross-Origin-Opener-Policy": "same-origin",
	"Vary": "Accept-Encoding",
}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True)
class _File:
	body: bytes
	compressed: bytes
	media_type: str
	caching: str
	status: int = 200

	def answer(self, request: Request) -> Response:
		headers = _HEADERS | {"Cache-Control": self.caching}
		if "gzip" not in request.headers.get("accept-encoding", ""):
			return Response(self.body, self.status, headers, self.media_type)
		headers["Content-Encoding"] = "gzip"
		return Response(self.compressed, self.status, headers, self.media_type)


class Page:
	"""The ASGI application of the page. What is not part of it is left to the `application` of the methods."""

	def __init__(self, application: ASGIApp, built: Path = BUILT):
		self._application = application
		self._files = _files(built)

	async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
		is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
		file = self._files.get(scope["path"]) if is_read else None
		answer = file.answer(Request(scope)) if file else self._application
		await answer(scope, receive, send)


def is_built(built: Path = BUILT) -> bool:
	return (built / _INDEX).exists()


def _files(built: Path) -> dict[str, _File]:
	"""By their paths."""
	if not is_built(built):
		return {"/": _file(_MISSING, _INDEX, "no-store", 503)}
	assets = (path for path in built.iterdir() if path.name != _INDEX)
	return {
		"/": _file((built / _INDEX).read_bytes(), _INDEX, "no-store"),
		**{_ASSETS + path.name: _file(path.read_bytes(), path.name, _FOR_EVER) for path in assets},
	}


def _file(body: bytes, name: str, caching: str, status: int = 200) -> _File:
	media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
	return _File(body, gzip.compress(body, mtime=0), media_type, caching, status)
