"""Checks a proof that `okr prove` wrote, with nothing of ours: Python's own library and the program openssl.

python3 check_proof.py FILE KEY     the key is what `okr verify --show-key` prints; docs/audit.md says more
"""

import base64, hashlib, subprocess, sys, tempfile

def sha(*parts): return hashlib.sha256(b"".join(parts)).digest()

text, key = open(sys.argv[1]).read(), sys.argv[2]
proof, note = text.split("\n\n", 1)
head, signatures = note.split("\n\n", 1)
_, extra, index, *path = proof.split("\n")
extra, index = base64.b64decode(extra[6:]), int(index[6:])
origin, size, root = head.split("\n")[:3]
name, key_id, public = key.split("+", 2)

# The checkpoint is signed by the key.
signed = base64.b64decode(signatures.split()[2])
assert origin == name and signed[:4].hex() == key_id
with tempfile.TemporaryDirectory() as dir:
    for file, data in [("key", bytes.fromhex("302a300506032b6570032100") + base64.b64decode(public)[1:]),
                       ("text", (head + "\n").encode()), ("signature", signed[4:])]:
        open(f"{dir}/{file}", "wb").write(data)
    subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", f"{dir}/key",
                    "-rawin", "-in", f"{dir}/text", "-sigfile", f"{dir}/signature"], check=True)

# The event is the one of the leaf, and the leaf is in the tree (RFC 9162, section 2.1.3.2).
leaf, rest = extra[20:101], extra[101:]
salt, at = rest[:16], 17 + 64 * rest[16]
body = rest[at + 4 : at + 4 + int.from_bytes(rest[at : at + 4], "big")]
assert sha(b"quarterdeck/event/1\n", salt, body) == leaf[49:]
node, last, hash = index, int(size) - 1, sha(b"\0", leaf)
for sibling in map(base64.b64decode, path):
    if node & 1 or node == last:
        hash = sha(b"\1", sibling, hash)
        while not node & 1 and node:
            node, last = node >> 1, last >> 1
    else:
        hash = sha(b"\1", hash, sibling)
    node, last = node >> 1, last >> 1
assert last == 0 and hash == base64.b64decode(root)
print(f"#{index + 1} of {size}:", body)
