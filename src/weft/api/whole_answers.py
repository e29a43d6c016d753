"""uvicorn's cycle of request and answer, for answers that are there whole: head and body are one write.

uvicorn writes them one after the other and searches each header for what must not be in it; ours come from our own
code, and hold nothing of a client's but what was checked. Whatever is not of this plain sort is left to uvicorn.
"""

from typing import Any

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

JOINED_MAX = 64 * 1024  # larger bodies are not worth a copy


class WholeAnswerCycle(RequestResponseCycle):
    """One request and its answer."""

    _head: bytes = b""  # of an answer whose body has yet to come

    async def send(self, message: Any) -> None:
        """ASGI."""
        if self.disconnected or self.flow.write_paused:
            await self._send_in_parts(message)
        elif not self.response_started:
            head = self._plain_head(message)
            if head is None:
                await super().send(message)
            else:
                self.response_started, self.waiting_for_100_continue = True, False
                self.chunked_encoding = False
                self._head = head
        elif self._head and not message.get("more_body", False):
            body = b"" if self.scope["method"] == "HEAD" else message.get("body", b"")
            if len(body) != self.expected_content_length and self.scope["method"] != "HEAD":
                await self._send_in_parts(message)
                return
            head, self._head = self._head, b""
            if len(body) <= JOINED_MAX:
                self.transport.write(head + body)
            else:
                self.transport.write(head)
                self.transport.write(body)
            self.expected_content_length = 0
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                self.transport.close()
            self.on_response()
        else:
            await self._send_in_parts(message)

    async def _send_in_parts(self, message: Any) -> None:
        """Let uvicorn do it; what we kept back goes first."""
        if self._head and not self.disconnected:
            head, self._head = self._head, b""
            self.transport.write(head)
        await super().send(message)

    def _plain_head(self, message: Any) -> bytes | None:
        """Return status line and headers; None if they say more than how long the body is, or are none."""
        if message["type"] != "http.response.start":
            return None
        lines = [STATUS_LINE[message["status"]]]
        length: int | None = None
        for name, value in (*self.default_headers, *message.get("headers", ())):
            if name == b"content-length":
                length = int(value)
            elif name in (b"connection", b"transfer-encoding"):
                return None
            if b"\n" in value or b"\r" in value or b"\0" in value:
                return None
            lines += (name, b": ", value, b"\r\n")
        if length is None:
            return None
        self.expected_content_length = length
        lines.append(b"\r\n" if self.keep_alive else b"connection: close\r\n\r\n")
        return b"".join(lines)
