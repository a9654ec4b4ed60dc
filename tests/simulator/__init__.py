"""A provider that answers what the model name orders, on the three wires that real providers speak."""

from tests.simulator.answer import Answer
from tests.simulator.behaviour import Behaviour
from tests.simulator.log import Request
from tests.simulator.simulator import Simulator

__all__ = ["Answer", "Behaviour", "Request", "Simulator"]
