#!/usr/bin/env python3
"""Zeroes the GPU code of all architectures but one in a CUDA library, in place, so that the rest compresses well.

usage: one_architecture.py LIBRARY.so SM     (SM: 90 for H100 and H200)

The library keeps its size and layout. Format: fatbinary.h of CUDA's toolkit: containers with magic 0xBA55ED50, version, header
size and body size, each holding entries of kind, attributes, header size, body size and, at 0x1C, the architecture.
"""

import mmap
import re
import struct
import subprocess
import sys

MAGIC = 0xBA55ED50


def main(library, architecture):
    sections = subprocess.check_output(["readelf", "-S", "-W", library], text=True)
    found = re.search(r"\.nv_fatbin\s+PROGBITS\s+\S+\s+(\S+)\s+(\S+)", sections)
    if not found:
        sys.exit(f"{library}: expected a section .nv_fatbin, found none")
    start, size = (int(number, 16) for number in found.groups())
    kept = zeroed = 0
    with open(library, "r+b") as file, mmap.mmap(file.fileno(), 0) as memory:
        at = start
        while at < start + size - 16:
            magic, _, header, body = struct.unpack_from("<IHHQ", memory, at)
            if magic != MAGIC:
                at = memory.find(struct.pack("<I", MAGIC), at + 1, start + size)
                if at < 0:
                    break
                continue
            entry, end = at + header, at + header + body
            while entry < end:
                _, _, entry_header, length = struct.unpack_from("<HHIQ", memory, entry)
                if struct.unpack_from("<I", memory, entry + 0x1C)[0] == architecture:
                    kept += length
                else:
                    memory[entry + entry_header : entry + entry_header + length] = bytes(length)
                    zeroed += length
                entry += entry_header + length
            at = (end + 7) & ~7
    if kept == 0:
        sys.exit(f"{library}: expected code for sm_{architecture}, found none")
    print(f"{library}: kept {kept / 1e6:.0f} MB of sm_{architecture}, zeroed {zeroed / 1e6:.0f} MB of others")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
