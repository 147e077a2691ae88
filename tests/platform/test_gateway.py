"""The gateway as nginx itself runs it, and the compose file as Compose itself reads it."""

import contextlib
import http.client
import http.server
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tests.services import BASE_DIR, free_port

pytestmark = pytest.mark.fault
NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
HOST = "portal.example"
FORGED = {
    "X-Forwarded-For": "8.8.8.8",
    "X-Forwarded-Proto": "http",
    "X-Forwarded-Host": "evil.example",
    "Forwarded": "for=8.8.8.8",
    "X-Request-ID": "forged-number-1",
    "X-Real-IP": "8.8.8.8",
}
MAIN = """
pid {folder}/nginx.pid;
error_log stderr;
events {{ worker_connections 256; }}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


class Echo(http.server.BaseHTTPRequestHandler):
    """Answers with the headers that it got."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        self.rfile.read(length)
        body = json.dumps({"path": self.path, "headers": dict(self.headers)}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Tests read the answers."""


class Gateway:
    def __init__(self, folder: Path, upstream: int, networks: str = "") -> None:
        self.folder, self.port, self.plain_port = folder, free_port(), free_port()
        values = {
            "PORTAL_HOSTS": HOST,
            "PORTAL_UPSTREAM": f"127.0.0.1:{upstream}",
            "PORTAL_RESOLVER": "127.0.0.1",
            "PORTAL_TLS": str(folder),
            "PORTAL_GATEWAY": str(folder),
            "PORTAL_HTTP_PORT": str(self.plain_port),
            "PORTAL_HTTPS_PORT": str(self.port),
        }
        text = (BASE_DIR / "gateway/portal.conf.template").read_text()
        # As envsubst of nginx's image does: what is not named stays.
        filled = re.sub(r"\$\{(PORTAL_\w+)\}", lambda found: values[found[1]], text)
        filled = filled.replace("/dev/stdout", f"{folder}/access.log").replace(
            "/dev/stderr", f"{folder}/error.log"
        )
        (folder / "portal.conf").write_text(filled)
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder))
        own = (BASE_DIR / "gateway/admin-networks.conf").read_text()
        (folder / "admin-networks.conf").write_text(networks or own)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}",
             "-keyout", str(folder / "portal.key"), "-out", str(folder / "portal.crt")],
            capture_output=True, check=True,
        )  # fmt: skip

    def check(self) -> subprocess.CompletedProcess[str]:
        command = [str(NGINX), "-t", "-c", str(self.folder / "nginx.conf")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    @contextlib.contextmanager
    def running(self) -> Iterator["Gateway"]:
        command = [str(NGINX), "-c", str(self.folder / "nginx.conf"), "-g", "daemon off;"]
        process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    self.ask("/")
                    break
                time.sleep(0.05)
            yield self
        finally:
            process.terminate()
            process.wait(30)

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, host: str = HOST, **headers
    ):
        """Status, headers and text of an answer by TLS."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, timeout=60
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body, {"Host": host} | named)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, answer.headers, text


@pytest.fixture
def folder(tmp_path_factory) -> Path:
    if not NGINX:
        pytest.skip("apt-get install nginx-light")
    made = tmp_path_factory.mktemp("gateway")
    # Its workers run as another user, who has to reach the folder.
    for place in (made, made.parent, made.parent.parent):
        place.chmod(0o755)
    return made


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that stands in for the portal."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def gateway(folder, echo) -> Iterator[Gateway]:
    with Gateway(folder, echo).running() as made:
        yield made


def test_nginx_finds_nothing_wrong_and_does_find_what_is(gateway):
    assert gateway.check().returncode == 0, gateway.check().stderr
    conf = gateway.folder / "portal.conf"
    conf.write_text(conf.read_text().replace("proxy_http_version", "proxy_http_versio"))
    assert gateway.check().returncode != 0


def test_what_a_client_says_of_itself_is_replaced(gateway):
    status, _, text = gateway.ask(
        "/firms/?q=name", **{k.replace("-", "_"): v for k, v in FORGED.items()}
    )
    heard = {name.lower(): value for name, value in json.loads(text)["headers"].items()}
    assert status == 200
    assert (heard["x-forwarded-for"], heard["x-forwarded-proto"], heard["host"]) == (
        "127.0.0.1",
        "https",
        HOST,
    )
    assert re.fullmatch(r"[0-9a-f]{32}", heard["x-request-id"])
    assert not {"forwarded", "x-forwarded-host", "x-real-ip"} & heard.keys()
    log = (gateway.folder / "access.log").read_text()
    assert "/firms/" in log
    assert heard["x-request-id"] in log
    assert "name" not in log


def test_another_name_and_the_plain_door_lead_nowhere(gateway):
    assert gateway.ask("/", host="evil.example")[0] == 421
    connection = http.client.HTTPConnection("127.0.0.1", gateway.plain_port, timeout=60)
    connection.request("GET", "/tasks/?a=b", headers={"Host": HOST})
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, f"https://{HOST}/tasks/?a=b")


@pytest.mark.parametrize(
    ("path", "kind"), [("/login/", "text/html"), ("/api/v1/login/", "application/problem+json")]
)
def test_guesses_are_slowed_down(gateway, path, kind):
    answers = [gateway.ask(path, "POST", b"x") for _ in range(20)]
    statuses = [status for status, _, _ in answers]
    assert statuses[:11] == [200] * 11
    assert 429 in statuses
    _, headers, text = next(answer for answer in answers if answer[0] == 429)
    assert (headers["Content-Type"].partition(";")[0], headers["Retry-After"]) == (kind, "60")
    assert "过于频繁" in text
    # Whoever is not signing in is not held up by it.
    assert gateway.ask("/tasks/")[0] == 200


@pytest.mark.parametrize(
    ("path", "size", "kind"),
    [
        ("/login/", 17_000, "text/html"),
        ("/api/v1/login/", 17_000, "application/problem+json"),
        ("/load/", 102 * 1024 * 1024, "text/html"),
        ("/api/v1/rosters/", 102 * 1024 * 1024, "application/problem+json"),
    ],
)
def test_what_is_too_large_is_refused_in_words(gateway, path, size, kind):
    status, headers, text = gateway.ask(path, "POST", None, Content_Length=str(size))
    assert (status, headers["Content-Type"].partition(";")[0]) == (413, kind)
    assert "超过服务器允许的大小" in text


def test_a_portal_that_is_away_is_told(folder):
    with Gateway(folder, free_port()).running() as gateway:
        for path, kind in (
            ("/tasks/", "text/html"),
            ("/api/v1/units/", "application/problem+json"),
        ):
            status, headers, text = gateway.ask(path)
            assert (status, headers["Retry-After"]) == (503, "30")
            assert headers["Content-Type"].partition(";")[0] == kind
            assert "正在启动或维护" in text


def test_the_admin_is_reached_from_its_networks_alone(folder, echo):
    with Gateway(folder, echo, "allow 10.9.9.0/24;\ndeny all;").running() as gateway:
        assert [
            gateway.ask(path)[0] for path in ("/admin/", "/admin/parks/", "/metrics", "/readyz")
        ] == [403] * 4
        assert [gateway.ask(path)[0] for path in ("/", "/livez", "/administration/")] == [200] * 3


# --- the compose file -----------------------------------------------------------------------------
COMPOSE = Path(sys.executable).with_name("docker-compose")
ENVIRONMENT = {
    "SECRET_KEY": "x", "POSTGRES_PASSWORD": "x", "REDIS_PASSWORD": "x", "ALLOWED_HOSTS": HOST,
    "GATEWAY_HOSTS": HOST,
}  # fmt: skip


def compose(file: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    clean = {"PATH": os.environ["PATH"], "HOME": str(file.parent)} | environment
    command = [str(COMPOSE), "-f", str(file), "config"]
    return subprocess.run(command, env=clean, capture_output=True, text=True, check=False)


def test_compose_takes_the_file_and_asks_for_each_secret(tmp_path):
    whole = compose(BASE_DIR / "docker-compose.yml", ENVIRONMENT)
    assert whole.returncode == 0, whole.stderr
    for missing in ENVIRONMENT:
        rest = {name: value for name, value in ENVIRONMENT.items() if name != missing}
        refused = compose(BASE_DIR / "docker-compose.yml", rest)
        assert refused.returncode != 0
        assert missing in refused.stderr
    broken = tmp_path / "docker-compose.yml"
    text = (BASE_DIR / "docker-compose.yml").read_text()
    broken.write_text(text.replace("service_healthy", "service_helthy"))
    assert compose(broken, ENVIRONMENT).returncode != 0


def test_only_the_gateway_has_a_port_and_nobody_more_rights_than_needed():
    told = yaml.safe_load(compose(BASE_DIR / "docker-compose.yml", ENVIRONMENT).stdout)
    services = told["services"]
    assert [name for name, service in services.items() if service.get("ports")] == ["gateway"]
    assert told["networks"]["data"]["internal"] is True
    for name, service in services.items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["read_only"] is True, name
        assert service["mem_limit"], name
    for name in ("postgres", "redis"):
        assert list(services[name]["networks"]) == ["data"], name


def test_every_documented_setting_is_passed_on():
    """But for those of the other mode, and those that the file itself decides."""
    rows = (BASE_DIR / "docs/operations.md").read_text().splitlines()
    first = [row.split("|")[1] for row in rows if row.startswith("| `")]
    named = set(re.findall(r"`([A-Z][A-Z_]{3,})`", "\n".join(first)))
    assert len(named) > 40
    told = yaml.safe_load(compose(BASE_DIR / "docker-compose.yml", ENVIRONMENT).stdout)
    passed = set(told["services"]["web"]["environment"])
    of_embedded = {
        "PORT",
        "PORTAL_BIND",
        "PORTAL_HOME",
        "PORTAL_WORKERS",
        "PORTAL_DEBUG",
        "PORTAL_NODE",
        "FIELD_KEY",
        "VERIFY_AT_START",
    }
    assert named - passed - of_embedded == set()


def test_workers_alone_do_jobs_and_end_in_good_order(portal):
    """The command of the worker's container, with the same settings."""
    command = [sys.executable, "manage.py", "work"]
    process = subprocess.Popen(command, cwd=BASE_DIR, env=portal.environment)
    try:
        number = portal.shell(
            "from enterprises import jobs; print(jobs.submit(kind='statistics').pk)"
        )
        portal.wait_for(
            lambda: (
                portal.shell(
                    f"from enterprises.models import Job; print(Job.objects.get(pk={number}).state)"
                )
                == "done"
            )
        )
    finally:
        process.terminate()
        assert process.wait(60) == 0
