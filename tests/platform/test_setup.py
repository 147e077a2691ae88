import json
import os
import re
import stat
import subprocess
import sys

import pytest
import yaml
from django.conf import settings
from django.test import override_settings

from jiangjin_portal import assets, preparation
from parks import demo_accounts
from parks.models import Unit, User

BASE_DIR = settings.BASE_DIR
SERVER = {
    "DATABASE_URL": "postgres://portal@db/portal", "REDIS_URL": "redis://:secret@redis:6379/0", "PORTAL_HTTPS": "1",
    "SECRET_KEY": "k" * 30 + "0123456789abcdefghij-XYZ", "ALLOWED_HOSTS": "portal.example",
}  # fmt: skip


def python(code: str, **environment: str) -> str:
    """What the code prints in a process of its own, with these settings."""
    command = [sys.executable, "-c", f"import django; django.setup()\n{code}"]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "jiangjin_portal.settings"} | environment
    env.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # set by the browser tests for their own process
    done = subprocess.run(
        command, cwd=BASE_DIR, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_environment_alone_turns_embedded_into_server_mode():
    show = "from django.conf import settings as s; from jiangjin_portal.celery import app\n"
    show += "print(s.DATABASES['default']['ENGINE'], app.conf.broker_url, s.DEMO, s.EMBEDDED)"
    server = "django.db.backends.postgresql redis://:secret@redis:6379/0 False False"
    assert python(show, **SERVER) == server
    environment = {"DATABASE_URL": "", "REDIS_URL": "", "PORTAL_DEMO": "1"}
    assert (
        python(show, **environment) == "django.db.backends.sqlite3 portalfs://localhost True True"
    )


def test_workers_and_the_scheduler_start_without_the_pages(tmp_path):
    show = (
        "import sys; from jiangjin_portal.celery import app; app.loader.import_default_modules()\n"
    )
    show += "print('enterprises.tasks' in sys.modules, 'jiangjin_portal.urls' in sys.modules)"
    assert python(show, PORTAL_HOME=str(tmp_path)) == "True False"


def test_key_is_made_once_and_is_readable_by_its_owner_alone(tmp_path):
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    keys = {python(show, PORTAL_HOME=str(tmp_path), SECRET_KEY="") for _ in range(2)}
    assert len(keys) == 1
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert len(keys.pop()) >= 50


@pytest.mark.django_db
def test_demo_accounts_cover_every_role_and_come_once(tmp_path):
    Unit.objects.get_or_create(
        code="shuangfu", defaults={"kind": "park", "name": "双福工业园", "short_name": "双福"}
    )
    record = tmp_path / "demo-accounts.txt"
    accounts = demo_accounts.create_accounts(record)
    assert {user.role for user in User.objects.all()} == set(User.Role)
    assert all(
        User.objects.get(username=account.username).check_password(account.password)
        for account in accounts
    )
    assert User.objects.filter(is_superuser=True).get().role == User.Role.BUREAU_ADMIN
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    assert demo_accounts.create_accounts(record) == []


@pytest.mark.django_db
def test_health_pages_answer_without_login(client):
    assert client.get("/livez").content == b"ok"
    answer = client.get("/readyz").json()
    assert answer == {
        "mode": settings.MODE,
        "database": "ok",
        "oldest_waiting_job_seconds": 0,
        "backup": "none",
        "last_backup_hours": None,
    }


def test_compose_file_holds_no_secret_and_checks_every_service():
    compose = yaml.safe_load((BASE_DIR / "docker-compose.yml").read_text())
    assert {"web", "worker", "scheduler", "migrate", "postgres", "redis"} <= set(
        compose["services"]
    )
    for name, service in compose["services"].items():
        assert "healthcheck" in service, name
        for key, value in service["environment"].items():
            if re.search("KEY|PASSWORD|AUTH|URL", key):
                assert "${" in value, key
                assert not re.search(r"(KEY|PASSWORD):-", value), key


def test_lock_files_pin_hashes_and_name_no_registry():
    for path in BASE_DIR.glob("requirements*.txt"):
        text = path.read_text()
        pins = re.findall(r"^[\w.\[\]-]+==", text, re.M)
        assert pins, path
        assert "://" not in re.sub("#.*", "", text), path
        assert len(re.findall(r"--hash=sha256:", text)) >= len(pins), path
    lock = json.loads((BASE_DIR / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert all(
        package["integrity"].startswith("sha512-") and "resolved" not in package
        for package in packages
    )


def test_staged_files_are_the_listed_ones_without_source_maps():
    staged = {
        str(path.relative_to(assets.VENDOR)) for path in assets.VENDOR.rglob("*") if path.is_file()
    }
    assert staged == {*assets.FILES, "icons.svg", ".stamp"}
    scripts = [path for path in assets.VENDOR.iterdir() if path.suffix in (".js", ".css")]
    assert scripts
    assert not any(b"sourceMappingURL" in path.read_bytes() for path in scripts)
    sprite = (assets.VENDOR / "icons.svg").read_text()
    assert all(f'id="{name}"' in sprite for name in assets.ICONS)


def test_every_used_icon_is_staged_and_no_other():
    used = set()
    for folder in ("templates", "static"):
        for path in (BASE_DIR / folder).rglob("*.[hj]*"):
            used |= set(
                re.findall(r"{% icon ['\"]([a-z0-9-]+)|icons\.svg#([a-z0-9-]+)", path.read_text())
            )
    marked = set()
    for folder in ("parks", "enterprises", "targets"):
        for path in (BASE_DIR / folder).rglob("*.py"):
            # A mark of a state by place, an entry of the menu by name.
            found = re.findall(
                r'\bMark\([\w.]+, "([a-z0-9-]+)"|\bicon="([a-z0-9-]+)"', path.read_text()
            )
            marked |= {mark or entry for mark, entry in found}
    assert {tag or link for tag, link in used} | marked == set(assets.ICONS)


def test_deployment_check_is_clean_behind_tls():
    script = "from django.core.management import call_command; call_command('check', deploy=True, fail_level='WARNING')"
    assert "no issues" in python(script, **SERVER | {"DATABASE_URL": "", "REDIS_URL": ""})


def test_static_files_are_collected_again_only_after_a_change(tmp_path):
    hashed = {
        **settings.STORAGES,
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    }
    with override_settings(STATIC_ROOT=tmp_path / "static", STORAGES=hashed):
        preparation.collect_static()
        first = (tmp_path / "static" / "staticfiles.json").stat().st_mtime_ns
        preparation.collect_static()
        assert (tmp_path / "static" / "staticfiles.json").stat().st_mtime_ns == first
