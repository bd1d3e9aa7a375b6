"""A Modbus client of independent make (Debian's pymodbus 3.0.0rc1) that asks what it is told to.

Arguments: `tcp` and a port of the loopback, or `rtu` and the path of a serial port. Reads lines
`coil|discrete|holding|input UNIT ADDRESS COUNT`, `set coil|holding UNIT ADDRESS VALUE` (functions 5 and 6) and
`sets coil|holding UNIT ADDRESS VALUE,…` (functions 15 and 16); prints one line for each: the values, `ok`, or
`exception N`.
"""

import sys

from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.transaction import ModbusRtuFramer

if sys.argv[1] == "tcp":
    client = ModbusTcpClient("127.0.0.1", port=int(sys.argv[2]), timeout=3)
else:
    client = ModbusSerialClient(sys.argv[2], framer=ModbusRtuFramer, baudrate=9600, timeout=3)
client.connect()

reads = {
    "coil": client.read_coils,
    "discrete": client.read_discrete_inputs,
    "holding": client.read_holding_registers,
    "input": client.read_input_registers,
}


writes = {
    "set coil": lambda address, values, slave: client.write_coil(address, values[0] == 1, slave=slave),
    "set holding": lambda address, values, slave: client.write_register(address, values[0], slave=slave),
    "sets coil": lambda address, values, slave: client.write_coils(address, [value == 1 for value in values], slave=slave),
    "sets holding": client.write_registers,
}


def answer(words):
    if words[0] in ("set", "sets"):
        values = [int(value) for value in words[4].split(",")]
        found = writes[f"{words[0]} {words[1]}"](int(words[3]), values, slave=int(words[2]))
        return f"exception {found.exception_code}" if found.isError() else "ok"
    unit, address, count = (int(word) for word in words[1:])
    found = reads[words[0]](address, count, slave=unit)
    if found.isError():
        return f"exception {found.exception_code}"
    if words[0] in ("coil", "discrete"):
        return ",".join(str(int(bit)) for bit in found.bits[:count])
    return ",".join(str(word) for word in found.registers)


for line in sys.stdin:
    try:
        print(answer(line.split()), flush=True)
    except Exception as error:
        print("failed", error, flush=True)
