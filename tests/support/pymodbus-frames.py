"""Frames as an implementation of independent make (Debian's pymodbus 3.0.0rc1) reads and writes them.

Reads lines `rtu|tcp request|reply HEX` and prints for each the frame that pymodbus makes of what it understood.
"""

import sys

from pymodbus.factory import ClientDecoder, ServerDecoder
from pymodbus.transaction import ModbusRtuFramer, ModbusSocketFramer

for line in sys.stdin:
    kind, side, frame = line.strip().split(" ", 2)
    given = bytes.fromhex(frame)
    decoder = ServerDecoder() if side == "request" else ClientDecoder()
    pdu, unit = (given[1:-2], given[0]) if kind == "rtu" else (given[7:], given[6])
    # Both read the function byte themselves.
    message = decoder._helper(pdu) if side == "reply" else decoder.decode(pdu)
    message.unit_id = unit
    message.transaction_id = 0 if kind == "rtu" else int.from_bytes(given[:2], "big")
    framer = (ModbusRtuFramer if kind == "rtu" else ModbusSocketFramer)(decoder)
    print(framer.buildPacket(message).hex(" ").upper(), flush=True)
