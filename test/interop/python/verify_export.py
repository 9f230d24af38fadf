"""Verifies an export of an audit log with Python's standard library and the openssl command.

It shares nothing with the program that wrote the export: RFC 6962 is implemented from its text, recursively; Ed25519
is openssl's. Every entry is hashed, every tile compared, the checkpoint's signature and the cosignatures checked.

Usage: verify_export.py DIR        Says what is wrong and exits 1, or prints one line and exits 0.
"""

import base64
import hashlib
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

# RFC 8410: what stands before the 32 bytes of an Ed25519 public key in a SubjectPublicKeyInfo.
SPKI_PREFIX = bytes.fromhex("302a300506032b6570032100")
LOG, COSIGNER = 1, 4


class Wrong(Exception):
    pass


def sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def leaf_hash(entry: bytes) -> bytes:
    return sha256(b"\x00" + entry)


def root_of(leaves: list) -> bytes:
    """RFC 6962, 2.1: MTH, over hashes of leaves or of equal subtrees."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return sha256(b"\x01" + root_of(leaves[:split]) + root_of(leaves[split:]))


def decode(text: str) -> bytes:
    """Canonical base64 only."""
    try:
        data = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise Wrong(f"{text!r} is not base64") from error
    if base64.b64encode(data).decode() != text:
        raise Wrong(f"{text!r} is not canonical base64")
    return data


def read_keys(path: Path) -> list:
    keys = []
    for line in path.read_text(encoding="ascii").splitlines():
        name, key_id, encoded = line.split("+", 2)
        data = decode(encoded)
        if len(data) != 33 or data[0] not in (LOG, COSIGNER):
            raise Wrong(f"{line!r} is no verifier key of Ed25519")
        if sha256(f"{name}\n".encode() + data)[:4].hex() != key_id:
            raise Wrong(f"the id of {line!r} is not that of its key")
        keys.append((name, bytes.fromhex(key_id), data[0], data[1:]))
    return keys


def openssl_verifies(key: bytes, message: bytes, signature: bytes) -> bool:
    pem = b"-----BEGIN PUBLIC KEY-----\n" + base64.b64encode(SPKI_PREFIX + key) + b"\n-----END PUBLIC KEY-----\n"
    with tempfile.TemporaryDirectory() as folder:
        files = {name: Path(folder, name) for name in ("key", "message", "signature")}
        for name, data in (("key", pem), ("message", message), ("signature", signature)):
            files[name].write_bytes(data)
        command = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", files["key"], "-rawin"]
        command += ["-in", files["message"], "-sigfile", files["signature"]]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


def read_checkpoint(data: bytes):
    text = data.decode("utf-8")
    if re.search(r"[\x00-\x09\x0b-\x1f]", text):
        raise Wrong("the checkpoint has control characters")
    body, blank, lines = text.rpartition("\n\n")
    if not blank or not lines.endswith("\n"):
        raise Wrong("the checkpoint is no signed note")
    body += "\n"
    origin, size, root = body.split("\n")[:3]
    if not re.fullmatch(r"0|[1-9][0-9]*", size) or int(size) > 2**53 - 1:
        raise Wrong(f"the size {size!r} of the checkpoint is malformed")
    signatures = []
    for line in lines[:-1].split("\n"):
        match = re.fullmatch(r"— (\S+) (\S+)", line)
        if not match:
            raise Wrong(f"{line!r} is no signature line")
        signature = decode(match[2])
        signatures.append((match[1], signature[:4], signature[4:]))
    return body, origin, int(size), decode(root), signatures


def check_signatures(body: str, origin: str, signatures: list, keys: list) -> int:
    roles = {LOG: 0, COSIGNER: 0}
    for name, key_id, role, key in keys:
        for signer, signer_id, signature in signatures:
            if (signer, signer_id) != (name, key_id):
                continue
            if role == LOG:
                message = body.encode()
            else:
                (seconds,) = struct.unpack(">Q", signature[:8])
                message, signature = f"cosignature/v1\ntime {seconds}\n{body}".encode(), signature[8:]
            if not openssl_verifies(key, message, signature):
                raise Wrong(f"the signature of {name} does not hold")
            if role == LOG and name != origin:
                raise Wrong(f"the log {origin} is signed by {name}")
            roles[role] += 1
    if roles[LOG] != 1 or roles[COSIGNER] != sum(1 for key in keys if key[2] == COSIGNER):
        raise Wrong(f"signatures are missing: {roles[LOG]} of the log, {roles[COSIGNER]} of witnesses")
    return roles[COSIGNER]


def tile_path(level, index: int, width: int) -> str:
    groups = []
    rest = index
    while True:
        groups.insert(0, f"{rest % 1000:03d}")
        rest //= 1000
        if rest == 0:
            break
    path = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
    return f"tile/{level}/{path}" + ("" if width == 256 else f".p/{width}")


def read_entries(folder: Path, size: int) -> list:
    leaves = []
    for first in range(0, size, 256):
        width = min(256, size - first)
        path = tile_path("entries", first // 256, width)
        data, at = (folder / path).read_bytes(), 0
        for number in range(first, first + width):
            if at + 2 > len(data):
                raise Wrong(f"{path} ends before entry {number}")
            end = at + 2 + int.from_bytes(data[at : at + 2], "big")
            if end > len(data):
                raise Wrong(f"{path} ends within entry {number}")
            leaves.append(leaf_hash(data[at + 2 : end]))
            at = end
        if at != len(data):
            raise Wrong(f"{path} has {len(data) - at} bytes too many")
    return leaves


def check_tiles(folder: Path, leaves: list) -> int:
    """Level by level; the hashes of a level are the roots of the full tiles of the one below."""
    level, hashes, tiles = 0, leaves, set()
    while hashes:
        for index in range(0, (len(hashes) + 255) // 256):
            want = hashes[index * 256 : index * 256 + 256]
            path = tile_path(level, index, len(want))
            if (folder / path).read_bytes() != b"".join(want):
                have = (folder / path).read_bytes()
                number = next((n for n, hash_ in enumerate(want) if have[n * 32 : n * 32 + 32] != hash_), len(want))
                raise Wrong(f"{path}: hash {number} is not that of its entries")
            tiles.add(path)
        full = len(hashes) // 256
        hashes = [root_of(hashes[n * 256 : n * 256 + 256]) for n in range(full)]
        level += 1
    found = {path.relative_to(folder).as_posix() for path in (folder / "tile").rglob("*") if path.is_file()}
    strange = sorted(path for path in found - tiles if not path.startswith("tile/entries/"))
    if strange:
        raise Wrong(f"{strange[0]} is no tile of this tree")
    return len(tiles)


def verify(folder: Path) -> str:
    body, origin, size, root, signatures = read_checkpoint((folder / "checkpoint").read_bytes())
    cosigned = check_signatures(body, origin, signatures, read_keys(folder / "verifier-keys"))
    leaves = read_entries(folder, size)
    tiles = check_tiles(folder, leaves)
    if root_of(leaves) != root:
        raise Wrong("the root of the checkpoint is not that of the entries")
    return f"ok {origin} {size} {base64.b64encode(root).decode()} cosigned {cosigned} tiles {tiles}"


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: verify_export.py DIR")
    try:
        print(verify(Path(sys.argv[1])))
    except (Wrong, OSError, ValueError) as error:
        sys.exit(f"{type(error).__name__}: {error}")
