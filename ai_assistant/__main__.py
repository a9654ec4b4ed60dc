"""`python -m ai_assistant`, the same as `ai-assistant`."""

from ai_assistant.hosts.standalone.command import main

if __name__ == "__main__":
	main()
