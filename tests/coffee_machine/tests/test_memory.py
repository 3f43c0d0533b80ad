import pytest

from .. import Machine, Memory, Settings
from .test_command import SMALL, client_of, command

SIZES = {"recipes": 3, "badges": 2, "brews": 5}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "kept"


def test_a_killed_machine_remembers_what_it_answered(file):
    arguments = ("--port", "0", "--memory", str(file), *SMALL)
    body = {"holder": {"name": "Zoë"}, "ref": "7"}
    with command(*arguments) as process:
        client = client_of(process)
        client.login()
        made = client.post("/api/badges", body, key="k1").json()
        client.delete("/api/badges/1001", key="k2")
        deleted = client.post("/api/badges", {"holder": {"name": "Gone"}}).json()
        client.delete(f"/api/badges/{deleted['id']}")
        client.patch("/api/recipes/1", {"name": "Tea", "active": True})
        client.post("/api/brews", {"recipe_id": 1, "badge_id": made["id"]}, key="k3")
        before = client.get("/admin/data").json()
        process.kill()
        process.wait()
    with command(*arguments) as process:
        client = client_of(process)
        assert client.get("/admin/data").json() == before
        client.login()
        again = client.post("/api/badges", body, key="k1")
        assert again.json() == made
        assert again.headers["Idempotent-Replayed"] == "true"
        assert client.delete("/api/badges/1001", key="k2").status_code == 204
        after = client.post("/api/badges", {"holder": {"name": "New"}}).json()
        assert after["id"] == deleted["id"] + 1
        assert len(client.get("/admin/data").json()["brews"]) == 6


def test_a_write_that_was_cut_off_was_never_made(file):
    machine = Machine(Settings(**SIZES), Memory(file))
    for name in ("Ann", "Bo"):
        machine.create_badge({"holder_name": name})
        machine.keep(None)
    file.write_bytes(file.read_bytes()[:-9])
    machine = Machine(Settings(**SIZES), Memory(file))
    assert [b.holder_name for b in machine.store.badges.all()][2:] == ["Ann"]
    machine.create_badge({"holder_name": "Cy"})
    machine.keep(None)
    machine = Machine(Settings(**SIZES), Memory(file))
    assert [b.holder_name for b in machine.store.badges.all()][2:] == ["Ann", "Cy"]


def test_a_reset_forgets(file):
    machine = Machine(Settings(**SIZES), Memory(file))
    machine.create_badge({"holder_name": "Ann"})
    machine.keep(None)
    machine.reset()
    assert len(machine.store.badges) == 2
    machine = Machine(Settings(**SIZES), Memory(file))
    assert len(machine.store.badges) == 2


def test_a_memory_of_other_data_is_refused(file):
    Machine(Settings(**SIZES), Memory(file))
    with pytest.raises(ValueError, match="another seed"):
        Machine(Settings(**SIZES, seed=2), Memory(file))
    Machine(Settings(**SIZES, firmware=1), Memory(file))


@pytest.mark.parametrize("content", ["tea", "tea\n", "[1]\n", "{}\n"])
def test_a_file_that_is_no_memory_is_refused_and_left_alone(file, content):
    file.write_text(content)
    with pytest.raises(ValueError, match=r"no memory|another seed"):
        Machine(Settings(**SIZES), Memory(file))
    assert file.read_text() == content
