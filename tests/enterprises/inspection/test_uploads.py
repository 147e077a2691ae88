"""What is sent from outside goes one way: looked into, scanned where there is a scanner, kept by its bytes."""

import contextlib
import socketserver
import struct
import threading
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from enterprises.loading import storage
from enterprises.models import SourceFile
from targets.key_tasks import files as task_files
from tests.enterprises.inspection.files import HARMLESS, RUNS, excel, word

pytestmark = pytest.mark.django_db


def kept(media_root) -> list[Path]:
    return [path for path in Path(media_root).rglob("*") if path.is_file()]


@pytest.mark.parametrize(("name", "content", "word"), RUNS.values(), ids=RUNS)
def test_what_would_run_is_refused_with_its_reason_and_nothing_stays(
    settings, tmp_path, name, content, word
):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(storage.FileNotTaken, match=word):
        storage.keep_as(SourceFile.Kind.ANNOUNCEMENT, [content], name, by=None)
    with pytest.raises(storage.FileNotTaken):
        task_files.keep(SimpleUploadedFile(name, content))
    assert kept(tmp_path) == []
    assert not SourceFile.objects.exists()


@pytest.mark.parametrize(("name", "content"), HARMLESS.values(), ids=HARMLESS)
def test_what_harms_nobody_is_taken(settings, tmp_path, name, content):
    settings.MEDIA_ROOT = tmp_path
    source = storage.keep_as(SourceFile.Kind.ANNOUNCEMENT, [content], name, by=None)
    assert storage.path_of(source).read_bytes() == content


# --- the doors ------------------------------------------------------------------------------------
MACRO = RUNS["Word with macros"][1]
SHEET_OBJECT = RUNS["a control"][1]


def test_pages_and_api_say_why(client, people, quarter, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(people["小石"], backend="django.contrib.auth.backends.ModelBackend")
    told = client.post("/load/", {"registers": SimpleUploadedFile("名册.xlsx", SHEET_OBJECT)})
    assert "对象" in told.content.decode()
    client.force_login(people["德感"], backend="django.contrib.auth.backends.ModelBackend")
    sent = {
        "quarter": quarter.code,
        "unit": "degan",
        "file": SimpleUploadedFile("名册.xlsx", SHEET_OBJECT),
    }
    answer = client.post("/api/v1/rosters/", sent)
    assert (answer.status_code, answer.json()["code"]) == (400, "file")
    assert "对象" in answer.json()["detail"]
    assert kept(tmp_path) == []


# --- a scanner ------------------------------------------------------------------------------------
class Clamd(socketserver.BaseRequestHandler):
    """Speaks as clamd does; whatever holds the word EICAR is a virus."""

    def handle(self) -> None:
        assert self._read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack(">I", self._read(4))[0]:
            content += self._read(size)
        if len(content) > 1_000_000:
            self.request.sendall(b"INSTREAM size limit exceeded. ERROR\0")
        elif b"EICAR" in content:
            self.request.sendall(b"stream: Eicar-Test FOUND\0")
        else:
            self.request.sendall(b"stream: OK\0")

    def _read(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            data += self.request.recv(size - len(data))
        return data


@pytest.fixture
def scanner(settings):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        yield server
        server.shutdown()


def keep(content: bytes, name: str = "名册.csv") -> SourceFile:
    return storage.keep([content], name, by=None)


def test_a_virus_is_refused_by_its_name_and_the_rest_is_taken(scanner, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(storage.FileNotTaken, match="Eicar-Test"):
        keep("企业名称\nEICAR\n".encode())
    assert kept(tmp_path) == []
    assert keep("企业名称\n甲\n".encode()).size
    assert keep(excel(), "名册.xlsx").size
    with pytest.raises(storage.FileNotTaken, match="宏"):
        keep(MACRO, "名册.xlsx")


def test_a_scanner_that_does_not_answer_lets_nothing_in(scanner, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(storage.StorageError, match="没有应答") as refused:
        keep(b"x" * 1_000_001)
    assert not isinstance(refused.value, storage.FileNotTaken)
    scanner.shutdown()
    scanner.server_close()
    with pytest.raises(storage.StorageError, match="没有应答"):
        keep("企业名称\n乙\n".encode())
    assert kept(tmp_path) == []


# --- on the way out -------------------------------------------------------------------------------
def test_a_file_that_was_changed_on_the_disk_is_not_handed_out(
    client, people, quarter, settings, tmp_path
):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(people["德感"], backend="django.contrib.auth.backends.ModelBackend")
    sent = {
        "quarter": quarter.code,
        "unit": "degan",
        "file": SimpleUploadedFile("名册.xlsx", excel()),
    }
    made = client.post("/api/v1/rosters/", sent).json()
    address = made["links"]["file"]
    assert b"".join(client.get(address).streaming_content) == excel_of(tmp_path)
    (path,) = [path for path in kept(tmp_path) if path.parent.name == "registers"]
    with contextlib.suppress(OSError):
        path.chmod(0o600)
    path.write_bytes(word())
    assert client.get(address).status_code == 404


def excel_of(media_root) -> bytes:
    (path,) = [path for path in kept(media_root) if path.parent.name == "registers"]
    return path.read_bytes()
