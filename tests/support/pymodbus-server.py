"""A Modbus server of independent make (Debian's pymodbus 3.0.0rc1) that plays the reference amplifier.

Arguments: `tcp`, or `rtu` and the path of a serial port. Prints `ready` and the TCP port (or 0), then one line for
each write: space, address, values.
"""

import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.server import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusRtuFramer

UNIT = 1


class Told(ModbusSequentialDataBlock):
    """A block of registers that says what is written into it."""

    def __init__(self, space, values):
        super().__init__(0, values)
        self.space = space

    def setValues(self, address, values):
        super().setValues(address, values)
        shown = ",".join(str(int(value)) for value in values)
        print("set", self.space, address, shown, flush=True)


def amplifier():
    return ModbusSlaveContext(
        co=Told("coil", [False] * 4),
        di=ModbusSequentialDataBlock(0, [False, False, False, True, False, False, False, False, False]),
        hr=Told("holding", [0]),
        # Identity, model, level -18.5 dB, current 0.415 A, temperature and impedance without a value, battery.
        ir=ModbusSequentialDataBlock(0, [0x4C41, 1, 65536 - 185, 415, 32767, 65535, 2720, 100]),
        zero_mode=True,
    )


async def main():
    context = ModbusServerContext(slaves={UNIT: amplifier()}, single=False)
    if sys.argv[1] == "tcp":
        server = await StartAsyncTcpServer(context=context, address=("127.0.0.1", 0), defer_start=True)
        serving = asyncio.create_task(server.serve_forever())
        await server.serving
        print("ready", server.server.sockets[0].getsockname()[1], flush=True)
        await serving
    else:
        server = await StartAsyncSerialServer(
            context=context, framer=ModbusRtuFramer, port=sys.argv[2], baudrate=9600, defer_start=True
        )
        await server.start()
        print("ready", 0, flush=True)
        await server.serve_forever()


asyncio.run(main())
