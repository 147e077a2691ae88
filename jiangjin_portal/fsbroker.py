"""Celery messages as files of one folder: the broker of the embedded mode, `portalfs://`.

A message may be lost with the process that took it: there is no redelivery. That does no harm, as a
message only wakes a worker, and the job's row says what is to be done. What this transport does
promise: no reader sees half a message, no message is taken twice, a broken file never stops a
worker, a full disk is reported as kombu's OperationalError and leaves nothing behind.
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
    """One folder per queue below the transport option `folder`.

    Bindings of queues stay in memory: every process declares its own.
    """

    def _queue_folder(self, queue: str) -> Path:
        root = Path(self.connection.client.transport_options["folder"])
        folder = root / queue.replace("/", "_").lstrip(".")
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _waiting_messages(self, queue: str) -> list[Path]:
        """Messages of the queue, oldest first."""
        # Names begin with the wall clock, which unlike the monotonic one goes on over a reboot.
        folder = self._queue_folder(queue)
        return [
            folder / name
            for name in sorted(os.listdir(folder))
            if name.endswith(SUFFIX) and name[0] != "."
        ]

    def _put(self, queue: str, message: dict, **kwargs) -> None:
        folder = self._queue_folder(queue)
        # Filled up with zeros, so that the order of names is the order of time.
        name = f"{time.time_ns():020}-{uuid.uuid4().hex}{SUFFIX}"
        # Written under a hidden name, then renamed in one step: nobody reads half a message.
        hidden = folder / f".{name}"
        try:
            hidden.write_text(dumps(message))
            hidden.rename(folder / name)
        except OSError:
            hidden.unlink(missing_ok=True)
            raise

    def _get(self, queue: str, timeout: float | None = None) -> dict:
        for path in self._waiting_messages(queue):
            # Of several workers that rename the same file, one succeeds and owns the message.
            mine = path.with_name(f".{path.name}.{os.getpid()}")
            try:
                path.rename(mine)
            except FileNotFoundError:
                continue  # another worker was faster
            try:
                message = loads(mine.read_text())
                message["properties"]["delivery_info"]
            except (ValueError, TypeError, LookupError):
                # Kept aside for whoever looks for the reason: taken again, it would fail again.
                mine.rename(path.with_suffix(BAD_SUFFIX))
                continue
            # Removed before it is worked on: a lost bell is rung again by the sweeper.
            mine.unlink()
            return message
        raise Empty

    def _size(self, queue: str) -> int:
        return len(self._waiting_messages(queue))

    def _purge(self, queue: str) -> int:
        messages = self._waiting_messages(queue)
        for path in messages:
            path.unlink(missing_ok=True)
        return len(messages)


class Transport(virtual.Transport):
    Channel = Channel
    driver_type = driver_name = "portalfs"
    default_port = None
    polling_interval = 0.2
    # A full disk is an OSError: kombu reports only those named here as its own.
    connection_errors = (*virtual.Transport.connection_errors, OSError)  # type: ignore[assignment]

    def driver_version(self) -> str:
        return "1"
