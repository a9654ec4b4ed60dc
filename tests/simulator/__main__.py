"""`python -m tests.simulator --port 0` prints the simulator's URL and serves until SIGTERM or SIGINT."""

from __future__ import annotations

import argparse
import asyncio
import signal

from tests.simulator.log import RequestLog
from tests.simulator.simulator import run, start


async def serve(host: str, port: int) -> None:
	stop = asyncio.Event()
	for number in (signal.SIGTERM, signal.SIGINT):
		asyncio.get_running_loop().add_signal_handler(number, stop.set)
	runner, url = await start(RequestLog(), host, port)
	print(url, flush=True)
	await stop.wait()
	await runner.cleanup()


def main() -> None:
	parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
	parser.add_argument("--host", default="127.0.0.1")
	parser.add_argument("--port", type=int, default=8100, help="0 takes a free one")
	arguments = parser.parse_args()
	run(serve(arguments.host, arguments.port))


if __name__ == "__main__":
	main()
