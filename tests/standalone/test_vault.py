from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ai_assistant.hosts.standalone.vault import Vault


def test_a_secret_is_opened_with_the_key_it_was_sealed_with(tmp_path: Path) -> None:
	sealed = Vault(tmp_path).seal("sk-ünknown")
	assert "sk-" not in sealed
	assert Vault(tmp_path).open(sealed) == "sk-ünknown"


def test_a_secret_of_another_key_stays_closed(tmp_path: Path) -> None:
	sealed = Vault(tmp_path).seal("secret")
	(tmp_path / "secret.key").unlink()
	assert Vault(tmp_path).open(sealed) is None


def test_those_who_make_the_key_at_the_same_time_have_one(tmp_path: Path) -> None:
	with ThreadPoolExecutor(8) as threads:
		sealed = list(threads.map(lambda _: Vault(tmp_path).seal("secret"), range(8)))
	assert [Vault(tmp_path).open(one) for one in sealed] == ["secret"] * 8
	assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
