"""Plays a few seconds (without firing, so that spawn protection keeps it alive) and reads every bit of what the server says, by docs/PROTOCOL.md alone.

Standard library only. Prints what it saw; any bit that the document does not explain is an assertion.
"""

import json
import struct
import sys
import time
import urllib.request

from foreign_client import OPCODE_BINARY, OPCODE_CLOSE, OPCODE_PING, OPCODE_PONG, read_frame, send_frame, upgrade

SNAPSHOTS = 240
TUNABLES = 18
THRUST = 1


class Bytes:
    """bincode 2, standard configuration."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        assert self.at + length <= len(self.data), "the message ends too early"
        self.at += length
        return self.data[self.at - length : self.at]

    def byte(self):
        return self.take(1)[0]

    def varint(self):
        first = self.byte()
        if first <= 250:
            return first
        return int.from_bytes(self.take({251: 2, 252: 4, 253: 8}[first]), "little")

    def zigzag(self):
        value = self.varint()
        return value // 2 if value % 2 == 0 else -(value + 1) // 2

    def option(self, read):
        return read() if self.byte() else None

    def many(self, read):
        return [read() for _ in range(self.varint())]

    def text(self):
        return self.take(self.varint()).decode()

    def end(self):
        assert self.at == len(self.data), f"{len(self.data) - self.at} bytes left over"


class Bits:
    """The packed body of a snapshot."""

    def __init__(self, data):
        self.value, self.left = int.from_bytes(data, "little"), len(data) * 8

    def bits(self, count):
        assert count <= self.left, "the body ends too early"
        low = self.value & ((1 << count) - 1)
        self.value >>= count
        self.left -= count
        return low

    def flag(self):
        return self.bits(1) == 1

    def signed(self, count):
        value = self.bits(count)
        return value - (1 << count) if value >> (count - 1) else value

    def sized(self):
        length = self.bits(5)
        zigzag = self.bits(32) if length == 31 else length if length < 2 else 1 << (length - 1) | self.bits(length - 1)
        return zigzag >> 1 if zigzag % 2 == 0 else -(zigzag + 1) // 2

    def count(self):
        value, shift, base = 0, 0, 0
        while True:
            more = self.flag()
            value += self.bits(3) << shift
            if not more:
                return value + base
            shift += 3
            base += 1 << shift

    def below(self, end):
        value = self.bits(max(end - 1, 0).bit_length())
        assert value < end, (value, end)
        return value

    def many(self, read):
        found = []
        while self.flag():
            found.append(read())
        return found

    def point(self):
        bits = 24 if self.flag() else 22
        return self.signed(bits), self.signed(bits)

    def speed(self):
        bits = (12, 17, 20, 24)[self.bits(2)]
        return self.signed(bits), self.signed(bits)

    def player(self):
        return self.bits(12)

    def somebody(self):
        return self.player() if self.flag() else None

    def cause(self):
        kind = self.bits(3)
        return kind, self.bits(4) if kind == 0 else None

    def vitals(self):
        return self.bits(5), self.bits(4), [self.flag() for _ in range(5)], self.line()

    def line(self):
        """What a tow line holds: nothing, a ship or a loose rock."""
        if not self.flag():
            return None
        return ("rock", self.bits(16)) if self.flag() else ("ship", self.player())

    def rock(self):
        return self.bits(16), self.bits(2), self.point(), self.speed(), self.bits(4), self.bits(12)

    def whole(self):
        ship = {"life": self.bits(8), "class": self.bits(4), "pos": self.point(), "vel": self.speed()}
        ship.update(heading=self.bits(16), buttons=self.bits(8), aim=self.bits(12), vitals=self.vitals())
        ship["controls"] = ship["buttons"], ship["aim"]
        return ship

    def aim(self, aim, turned):
        if turned is not None:
            if not self.flag():
                return (aim + turned) % 4096
            if not self.flag():
                return (aim + turned + (-1 if self.flag() else 1)) % 4096
        kind = self.bits(2)
        if kind == 3:
            return self.bits(12)
        left, start, bits = self.flag(), (0, 4, 20)[kind], (2, 4, 6)[kind]
        size = start + 1 + self.bits(bits)
        return (aim - size if left else aim + size) % 4096

    def difference(self, controls, turned=None):
        buttons, aim = controls
        pressed = self.flag()
        aimed = self.flag() if pressed else True
        if pressed:
            buttons = buttons ^ 1 << self.bits(3) if self.flag() else self.bits(8)
        return buttons, self.aim(aim, turned) if aimed else aim

    def controls(self, controls):
        return self.difference(controls) if self.flag() else controls

    def steering(self, controls, ticks):
        turned = None
        for _ in range(ticks):
            before = controls
            if self.flag():
                controls = self.difference(controls, turned)
            turn = (controls[1] - before[1] + 2048) % 4096 - 2048
            turned = turn if turn else None
        return controls


# How many shots all the mounts of a class fire at once: "Classes" in docs/PROTOCOL.md.
PARTS = (1, 0, 2, 0, 6, 3, 1, 0, 9)


class Table:
    """What this client knows: of each ship the tick it was told at, its engines then and its class."""

    def __init__(self):
        self.ships, self.own, self.tick, self.seen, self.player = {}, None, None, {}, None

    def note(self, what, count=1):
        self.seen[what] = self.seen.get(what, 0) + count

    def read(self, tick, base, flags, body):
        full, part = flags & 1 == 1, flags & 2 == 2
        bits, shooters, station = Bits(body), [], None
        if part:
            assert tick == self.tick and base == 0, "a part belongs to the tick before it"
            self.note("further parts")
        else:
            assert full or tick - base == self.tick, (tick, base, self.tick)
            station, shooters = self.read_first_part(bits, tick, full)
        self.tick = tick
        for player, ship in bits.many(lambda: (bits.player(), bits.whole())):
            self.ships[player] = tick, ship["controls"], ship["class"]
            self.note("enters")
        self.note("shots", len(bits.many(lambda: self.read_shot(bits, shooters, base))))
        self.note("rocks", len(bits.many(bits.rock)))
        self.note("pickups", len(bits.many(lambda: self.read_pickup(bits))))
        self.note("belt rocks", len(bits.many(lambda: (bits.bits(9), bits.bits(4)))))
        assert bits.left < 8 and bits.value == 0, f"{bits.left} bits left over"
        return station

    def read_first_part(self, bits, tick, full):
        self.note("small stars", len(bits.many(lambda: (bits.bits(8), bits.flag(), bits.point()))))
        if full:
            self.ships, self.own = {}, None
        station = bits.bits(2)
        if station == 2:
            bits.somebody(), bits.cause(), bits.count(), bits.somebody()
        if station == 3:
            bits.player()
        if station == 1:
            self.read_own(bits, tick)
        else:
            self.own = None
        if bits.flag():
            self.note("edges")
            bits.sized(), bits.sized()
        if bits.flag():
            self.ships = {player: told for player, told in sorted(self.ships.items()) if not bits.flag()}
        ships = sorted(self.ships)
        anyone = lambda: bits.player() if bits.flag() else (ships + [self.player])[bits.below(len(ships) + 1)]
        somebody = lambda: anyone() if bits.flag() else None
        self.note("shots over", len(bits.many(lambda: self.read_shot_end(bits, anyone))))
        self.note("rocks broken", len(bits.many(lambda: bits.bits(16))))
        self.note("rocks chipped", len(bits.many(lambda: (bits.bits(16), bits.bits(4)))))
        self.note("rocks towed", len(bits.many(bits.rock)))
        self.note("pickups gone", len(bits.many(lambda: (bits.bits(16), somebody()))))
        self.note("happenings", len(bits.many(lambda: self.read_happening(bits, anyone, somebody))))
        for player in ships:
            self.ships[player] = self.read_news(bits, self.ships[player], tick)
        # Who came has no news yet; the reader is the last of the shooters.
        return station, [self.ships[player][2] for player in ships] + ([self.own[2]] if self.own else [None])

    def read_own(self, bits, tick):
        if bits.flag():
            if bits.flag():
                bits.bits(8)
                kind = bits.bits(4)
                bits.point(), bits.speed(), bits.bits(16)
                controls = bits.bits(8), bits.bits(12)
                [bits.sized() for _ in range(16)]
                self.note("own whole")
            else:
                # The engines of the ticks between are not known without reckoning; only their bits are read here.
                told, controls, kind = self.own
                if bits.flag():
                    for _ in range(tick - told):
                        controls = bits.controls(controls)
                if bits.flag():
                    [bits.sized() for _ in range(5)]
                if bits.flag():
                    controls = bits.controls(controls)
                [bits.sized() for _ in range(16) if bits.flag()]
                self.note("own corrected")
        else:
            assert self.own is not None, "reckoned from nothing"
            _, controls, kind = self.own
            self.note("own as reckoned")
        self.own = tick, controls, kind

    def read_news(self, bits, ship, tick):
        told, controls, kind = ship
        if not bits.flag():
            self.note("ships as reckoned")
            return tick, controls, kind
        self.note("ships with news")
        if not bits.flag():
            bits.below(tick - told)
            return tick, bits.difference(controls), kind
        disturbed = bits.flag()
        if disturbed and bits.flag():
            if not bits.flag():
                self.note("left out")
                return ship
            whole = bits.whole()
            return tick, whole["controls"], whole["class"]
        if not disturbed or bits.flag():
            controls = bits.steering(controls, tick - told)
        if disturbed:
            if bits.flag():
                [bits.sized() for _ in range(5)]
            if bits.flag():
                bits.vitals()
        return tick, controls, kind

    @staticmethod
    def read_shot_end(bits, anyone):
        anyone(), bits.bits(8), bits.bits(4)
        if bits.flag():
            anyone(), bits.flag()

    def read_shot(self, bits, shooters, gap):
        if bits.flag():
            kind = shooters[bits.below(len(shooters))]
            bits.below(gap), bits.below(PARTS[kind])
            self.note("shots fired in sight")
        else:
            bits.player(), bits.bits(8), bits.bits(4), bits.bits(4), bits.point(), bits.speed()

    @staticmethod
    def read_pickup(bits):
        bits.bits(16)
        if bits.bits(3) == 3:
            bits.bits(4), bits.somebody()
        else:
            bits.bits(4)
        bits.point(), bits.speed(), bits.bits(12)

    @staticmethod
    def read_happening(bits, anyone, somebody):
        kind, _player = bits.bits(2), anyone()
        if kind == 3:
            return bits.point(), bits.point(), bits.flag(), somebody()
        return (somebody(), bits.bits(8), bits.cause()) if kind == 2 else bits.bits(8)


def read_news(message, heard, seasons):
    """Kills, own hits, ends of seasons and rounds; gives the number of the next deed."""
    first, deeds = message.varint(), message.varint()
    assert first == heard and 1 <= deeds <= 32, (first, heard, deeds)
    for _ in range(deeds):
        kind = message.varint()
        assert kind <= 3, kind
        if kind == 2:
            seasons.append(message.varint())
            message.varint()
            message.many(lambda: (message.varint(), message.text(), message.byte(), message.varint()))
            message.option(lambda: [message.varint() for _ in range(6)])
            continue
        if kind == 3:
            message.option(message.varint), message.byte()
            continue
        message.option(message.varint) if kind == 0 else message.varint()
        message.varint()
        cause = message.varint()
        assert cause <= 7, cause
        if cause == 0:
            message.varint()
        message.varint() if kind == 0 else message.byte()
    return (first + deeds) % 65536


def read_chat(message):
    """What was said."""
    if message.varint() >= 2:
        return []
    words = lambda: message.text() if message.varint() == 0 else message.varint()
    return message.many(lambda: (message.varint(), message.text(), words()))


def read_fall(message):
    """How the own ship was lost."""
    number = message.varint
    message.option(number)
    cause = message.option(number)
    assert cause is None or cause <= 5, cause
    if cause == 0:
        number()
    for _ in range(4):
        message.option(number)
    for _ in range(3):
        message.option(lambda: (number(), number()))


def varint(value):
    if value <= 250:
        return bytes([value])
    return bytes([251]) + struct.pack("<H", value) if value < 1 << 16 else bytes([252]) + struct.pack("<I", value)


def commands(ack, first, buttons, aim):
    # Nothing was pressed, so the counters above the aim stay 0; the picture is the own present, a tick and a half back.
    command, seen = bytes([buttons]) + varint(aim), bytes([12, 12])
    return b"\0" + varint(ack) + varint(int(time.monotonic() * 1000) & 0xFFFF) + seen + varint(first) + b"\2" + command * 2


def main():
    host, _, port = sys.argv[1].rpartition(":")
    with urllib.request.urlopen(f"http://{host}:{port}/status.json", timeout=10) as answer:
        hash_ = int(json.load(answer)["protocol"], 16)
    stream = upgrade(host, int(port), "/ws?room=main")
    send_frame(stream, OPCODE_BINARY, struct.pack("<Q", hash_) + b"\0\0" + b"\1" + bytes(range(16)) + varint(800) + varint(450))
    send_frame(stream, OPCODE_BINARY, b"\1" + b"\5Guido" + b"\0")
    table, snapshots, player, names, own_name, stations, heard = Table(), 0, None, {}, None, set(), 0
    talk, asked, seasons, notices = [], False, [], []
    while snapshots < SNAPSHOTS:
        opcode, payload = read_frame(stream)
        if opcode == OPCODE_PING:
            send_frame(stream, OPCODE_PONG, payload)
            continue
        assert opcode == OPCODE_BINARY, (opcode, payload)
        message = Bytes(payload)
        kind = message.varint()
        row = lambda: (message.varint(), message.varint())
        if kind == 0:
            room, id_ = message.text(), message.text()
            assert id_ == "main", id_
            _tick, _seed, _points = message.varint(), message.varint(), message.varint()
            message.take(16)
            # The second half of the session steers by a second lane alone.
            lane = upgrade(host, int(port), "/ws?lane")
            send_frame(lane, OPCODE_BINARY, struct.pack("<Q", hash_) + b"\1" + message.take(16))
            message.option(message.varint)
            assert message.varint() == 2, "anything may be said here"
            mode, _round_s, _core_hull, _wins = message.varint(), message.varint(), message.varint(), message.byte()
            assert mode == 0, "this is Drift"
            assert [message.varint() for _ in range(TUNABLES)] == [100] * TUNABLES, "nobody has changed a number"
            assert message.varint() == 0, "nor asked for a mutator"
        elif kind == 1:
            player = table.player = message.varint()
        elif kind == 2:
            tick, base, flags, _margin, _echo_ms, _echo_age_ms = struct.unpack("<IBBbHB", message.take(10))
            if flags & 8:
                message.take(2)
            stations.add(table.read(tick, base, flags, message.take(len(payload) - message.at)))
            snapshots += 1
            if player is not None:
                by = lane if snapshots > SNAPSHOTS // 2 else stream
                send_frame(by, OPCODE_BINARY, commands(tick, tick + 6, THRUST, (snapshots * 16) % 4096))
            else:
                send_frame(stream, OPCODE_BINARY, b"\0" + varint(tick) + b"\0" + bytes([12, 12]) + varint(tick) + b"\0")
        elif kind == 3:
            entries = message.many(lambda: (message.varint(), message.text(), message.byte()))
            names.update({slot: name for slot, name, _bot in entries})
            message.many(message.varint)
        elif kind == 4:
            message.many(row)
            message.option(lambda: (message.varint(), row()))
            message.varint()
            place = lambda: (message.varint(), message.zigzag(), message.zigzag())
            message.option(place)
            message.many(place)
            message.many(place)
            assert message.option(message.varint) is not None, "a room of the server's own has seasons"
        elif kind == 5:
            heard = read_news(message, heard, seasons)
        elif kind == 6:
            talk += read_chat(message)
        elif kind == 7:
            read_fall(message)
        elif kind == 9:
            message.varint()
        elif kind == 10:
            notices.append((message.varint(), message.text()))
        elif kind == 11:
            message.varint(), [message.varint() for _ in range(TUNABLES + 1)]
        else:
            assert kind == 8, kind
            message.varint(), message.varint(), message.varint(), message.varint()
            [message.varint() for _ in range(4)], message.option(message.varint)
        message.end()
        if player is not None and not asked:
            asked = True
            send_frame(stream, OPCODE_BINARY, b"\x09" + varint(4) + b"help")
            for words in (b"\0" + varint(13) + b" hi,  there! ", b"\1\3"):
                send_frame(stream, OPCODE_BINARY, b"\7" + words)
            # In flight nobody is watched: heard, and nothing comes of it.
            for wish in (b"\0\3", b"\4", b"\5" + varint(600) + varint(3)):
                send_frame(stream, OPCODE_BINARY, b"\10" + wish)
    send_frame(stream, OPCODE_CLOSE, struct.pack("!H", 1000))
    assert seasons and seasons == list(range(seasons[0], seasons[0] + len(seasons))), seasons
    own_name = names.get(player)
    assert own_name == "Guido", names
    assert 1 in stations, stations
    assert any(kind == 1 for kind, _text in notices), notices
    assert talk == [(player, "Guido", "hi, there!"), (player, "Guido", 3)], talk
    # How often depends on the machine (late commands) and on luck (rocks in the way); never would be a bug.
    assert table.seen.get("own as reckoned", 0) > 10, table.seen
    print(f"read {snapshots} snapshots of {room!r} to the last bit: {json.dumps(table.seen)}")


if __name__ == "__main__":
    main()
