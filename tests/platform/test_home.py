"""The home of an installation: nobody else's, and filled with a demo only while it is new."""

import pytest

from tests.platform import backup_scene as scene

pytestmark = pytest.mark.fault


def firms_after_setup(portal) -> int:
    portal.environment["PORTAL_DEMO"] = "1"
    scene.manage(portal, "portal", "--setup")
    return scene.written(portal)["firms"]


@pytest.mark.parametrize("trace", ["uploads", "state"])
def test_a_home_that_was_used_is_never_filled_with_a_demo(portal, trace):
    """Its database holds no firms: it was lost, or never had any."""
    if trace == "uploads":
        scene.keep_file(portal)
        (portal.home / "home.state").write_text("new")
    assert firms_after_setup(portal) == 0
    assert "has been used before" in scene.manage(portal, "portal", "--setup")
    assert not (portal.home / "demo-accounts.txt").exists()


def test_a_home_with_a_key_only_is_no_new_home(empty_portal):
    (empty_portal.home / "secret.key").write_text("k" * 50)
    assert firms_after_setup(empty_portal) == 0
    assert (empty_portal.home / "secret.key").read_text() == "k" * 50


@pytest.mark.long
def test_a_first_setup_that_was_interrupted_goes_on_with_the_demo(portal):
    (portal.home / "home.state").write_text("new")
    assert firms_after_setup(portal) > 0
    assert (portal.home / "demo-accounts.txt").exists()
    assert (portal.home / "home.state").read_text() == "in use"
    assert scene.open_to_others(portal.home) == []
    assert scene.found(portal) == {}


def test_an_existing_home_is_closed_to_others_at_the_start(portal):
    file = scene.keep_file(portal)
    for path in (portal.home, *portal.home.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    outside = portal.home.parent / f"{portal.home.name}-outside"
    outside.mkdir()
    outside.chmod(0o755)  # whatever this process may make
    (portal.home / "link").symlink_to(outside)
    scene.manage(portal, "portal", "--setup")
    assert scene.open_to_others(portal.home) == [str(portal.home / "link")]
    assert outside.stat().st_mode & 0o777 == 0o755
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_a_running_portal_writes_is_its_owners(portal):
    portal.start()
    scene.keep_file(portal)
    portal.log.chmod(0o600)  # opened by the test, not by the portal
    assert scene.open_to_others(portal.home) == []
