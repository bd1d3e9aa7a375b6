"""A radio link in both directions between two network namespaces: late, jittery, lossy, in order.

lossy-link.py PID LATENCY_MS JITTER_MS LOSS: one end is here, the other in the network namespace of process PID. It
lasts until standard input closes. TCP on both sides is the kernel's own, with its own retransmissions; nothing is
modelled but the line. For machines whose kernel lacks netem.
"""

import fcntl
import heapq
import os
import random
import select
import struct
import subprocess
import sys
import time

TUNSETIFF = 0x400454CA
IFF_TUN = 0x0001
IFF_NO_PI = 0x1000
MTU = 1500
# Reserved for benches of networks (RFC 2544): nobody's real network is hidden by it.
NEAR, FAR = "198.18.77.1", "198.18.77.2"


def run(*command):
    subprocess.run(command, check=True)


def open_tun(name):
    fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH", name.encode(), IFF_TUN | IFF_NO_PI))
    return fd


def lay(pid):
    names = [f"loa{end}{pid}" for end in ("n", "f")]
    near, far = (open_tun(name) for name in names)
    run("ip", "address", "add", NEAR, "peer", FAR, "dev", names[0])
    run("ip", "link", "set", names[0], "up")
    run("ip", "link", "set", names[1], "netns", str(pid))
    inside = ["nsenter", "-t", str(pid), "-n", "ip"]
    run(*inside, "address", "add", FAR, "peer", NEAR, "dev", names[1])
    run(*inside, "link", "set", names[1], "up")
    return near, far


def carry(near, far, latency_s, jitter_s, loss):
    chance = random.Random(1)
    other = {near: far, far: near}
    last = {near: 0.0, far: 0.0}
    under_way = []
    number = 0
    while True:
        now = time.monotonic()
        while under_way and under_way[0][0] <= now:
            _, _, to, packet = heapq.heappop(under_way)
            try:
                os.write(to, packet)
            except OSError:
                pass  # Its queue is full, or its end is just going: lost, as on a real line.
        wait = under_way[0][0] - now if under_way else 1.0
        readable, _, _ = select.select([near, far, sys.stdin], [], [], max(0.0, wait))
        if sys.stdin in readable:
            return
        for fd in readable:
            packet = os.read(fd, MTU)
            if chance.random() < loss:
                continue
            at = time.monotonic() + latency_s + chance.uniform(-jitter_s, jitter_s)
            last[fd] = max(last[fd], at)
            number += 1
            heapq.heappush(under_way, (last[fd], number, other[fd], packet))


if __name__ == "__main__":
    pid, latency_ms, jitter_ms, loss = (float(word) for word in sys.argv[1:5])
    ends = lay(int(pid))
    print(f"ready {NEAR} {FAR}", flush=True)
    carry(*ends, latency_ms / 1000, jitter_ms / 1000, loss)
