"""What the simulator is asked for on a bench, beside what the contract suite asks for."""

WRITING = "sim:text=600,rate=50"
"""Twelve seconds of text: longer than an engine that must stop waits for."""

THINKING = "sim:reasoning=200,text=10,rate=20"
"""Ten seconds of reasoning before the first word."""
