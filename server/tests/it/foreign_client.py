"""A WebSocket client that shares no code with the game.

Upgrades on /ws of the address given, sends rubbish, and expects the close frame RFC 6455 describes, with the
game's code for "made no sense". By hand over a plain socket, so that it runs wherever Python does; and once more
with the `websockets` package where that is installed.
"""

import asyncio
import base64
import hashlib
import os
import socket
import struct
import sys

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
CODE_PROTOCOL = 4002
REASON = "the server did not understand a message"
OPCODE_BINARY, OPCODE_CLOSE, OPCODE_PING, OPCODE_PONG = 2, 8, 9, 10


def read_exactly(stream, length):
    data = b""
    while len(data) < length:
        part = stream.recv(length - len(data))
        if not part:
            raise EOFError(f"the connection ended {length - len(data)} bytes early")
        data += part
    return data


def upgrade(host, port, path="/ws"):
    stream = socket.create_connection((host, port), timeout=10)
    key = base64.b64encode(os.urandom(16))
    stream.sendall(
        b"GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Key: %s\r\nSec-WebSocket-Version: 13\r\n\r\n" % (path.encode(), host.encode(), port, key)
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += read_exactly(stream, 1)
    lines = head.decode("latin-1").split("\r\n")
    assert lines[0].startswith("HTTP/1.1 101 "), lines[0]
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
    expected = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
    assert headers["sec-websocket-accept"] == expected, headers
    return stream


def send_frame(stream, opcode, payload):
    mask = os.urandom(4)
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    length = struct.pack("!B", 0x80 | len(payload)) if len(payload) < 126 else struct.pack("!BH", 0xFE, len(payload))
    stream.sendall(bytes([0x80 | opcode]) + length + mask + masked)


def read_frame(stream):
    first, second = read_exactly(stream, 2)
    assert first & 0x70 == 0, "no reserved bits"
    assert second & 0x80 == 0, "a server does not mask"
    length = second & 0x7F
    if length == 126:
        (length,) = struct.unpack("!H", read_exactly(stream, 2))
    elif length == 127:
        (length,) = struct.unpack("!Q", read_exactly(stream, 8))
    return first & 0x0F, read_exactly(stream, length)


def with_plain_sockets(host, port):
    stream = upgrade(host, port)
    send_frame(stream, OPCODE_PING, b"are you there")
    assert read_frame(stream) == (OPCODE_PONG, b"are you there")
    send_frame(stream, OPCODE_BINARY, os.urandom(300))
    opcode, payload = read_frame(stream)
    assert opcode == OPCODE_CLOSE, opcode
    (code,) = struct.unpack("!H", payload[:2])
    assert (code, payload[2:].decode()) == (CODE_PROTOCOL, REASON), (code, payload)
    send_frame(stream, OPCODE_CLOSE, payload[:2])
    assert stream.recv(1) == b"", "the server closes TCP after the closing handshake"
    print(f"plain sockets: closed with {code}")


async def with_websockets(host, port):
    import websockets

    async with websockets.connect(f"ws://{host}:{port}/ws") as client:
        await client.send(os.urandom(300))
        try:
            message = await asyncio.wait_for(client.recv(), timeout=10)
            raise AssertionError(f"an answer to rubbish: {message!r}")
        except websockets.exceptions.ConnectionClosed as closed:
            assert closed.rcvd is not None, "no close frame"
            assert (closed.rcvd.code, closed.rcvd.reason) == (CODE_PROTOCOL, REASON), closed
            print(f"websockets {websockets.__version__}: closed with {closed.rcvd.code}")


def main():
    host, _, port = sys.argv[1].rpartition(":")
    with_plain_sockets(host, int(port))
    try:
        import websockets  # noqa: F401
    except ImportError:
        print("SKIPPED: the package websockets is not installed")
        return
    asyncio.run(with_websockets(host, int(port)))


if __name__ == "__main__":
    main()
