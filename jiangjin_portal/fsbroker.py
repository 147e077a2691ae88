"""Celery messages as files of one folder: the broker of the embedded mode, `portalfs://`.

A message may be lost with the process that took it (there is no redelivery): it only rings the bell, the job row is the
truth. What this transport does promise: no reader sees half a message, no message is taken twice, a broken file never
stops a worker, a full disk is reported as kombu's OperationalError and leaves nothing behind.
"""

import os
import time
import uuid
from pathlib import Path
from queue import Empty

from kombu.transport import virtual
from kombu.utils.json import dumps, loads

SUFFIX = ".msg"
BAD_SUFFIX = ".bad"


class Channel(virtual.Channel):
    """One folder per queue below the transport option `folder`; bindings stay in memory: every process declares."""

    def _folder(self, queue: str) -> Path:
        folder = Path(self.connection.client.transport_options["folder"]) / queue.replace(
            "/", "_"
        ).lstrip(".")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _waiting(self, queue: str) -> list[Path]:
        """Messages of the queue, oldest first: names begin with the wall clock, which goes on over a reboot."""
        folder = self._folder(queue)
        return [
            folder / name
            for name in sorted(os.listdir(folder))
            if name.endswith(SUFFIX) and name[0] != "."
        ]

    def _put(self, queue: str, message: dict, **kwargs) -> None:
        folder = self._folder(queue)
        name = f"{time.time_ns():020}-{uuid.uuid4().hex}{SUFFIX}"
        hidden = folder / f".{name}"
        try:
            hidden.write_text(dumps(message))
            hidden.rename(folder / name)
        except OSError:
            hidden.unlink(missing_ok=True)
            raise

    def _get(self, queue: str, timeout: float | None = None) -> dict:
        for path in self._waiting(queue):
            mine = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                path.rename(mine)
            except FileNotFoundError:
                continue  # another worker was faster
            try:
                message = loads(mine.read_text())
                message["properties"]["delivery_info"]
            except (ValueError, TypeError, LookupError):
                mine.rename(path.with_suffix(BAD_SUFFIX))
                continue
            mine.unlink()
            return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._waiting(queue))

    def _purge(self, queue: str) -> int:
        messages = self._waiting(queue)
        for path in messages:
            path.unlink(missing_ok=True)
        return len(messages)


class Transport(virtual.Transport):
    Channel = Channel
    driver_type = driver_name = "portalfs"
    default_port = None
    polling_interval = 0.2
    connection_errors = (*virtual.Transport.connection_errors, OSError)  # type: ignore[assignment]

    def driver_version(self) -> str:
        return "1"
