"""A client of Quarterdeck in another language, made from `proto/` and docs/protocol.md alone.

    python conformance.py --proto PROTO_DIR --invite URL --key-result REF

It redeems the invitation, makes a check-in, watches it arrive, pulls the whole log, recomputes
the Merkle root from it, checks the server's signature on the head, and asks for the status. It
ends with exit code 0 when all of it is as the documents say, otherwise with what was not.

Needs Python 3.9, grpcio and grpcio-tools.
"""

import argparse
import base64
import hashlib
import json
import os
import ssl
import subprocess
import sys
import tempfile
import urllib.parse
import uuid

import grpc
from google.protobuf import json_format

import ed25519

SECONDS = 30
"""A call that takes longer hangs."""


def check(holds, sentence):
    """Says what was found, and ends the test where it does not hold."""
    print(("ok    " if holds else "WRONG ") + sentence, flush=True)
    if not holds:
        sys.exit(1)


def generate(proto):
    """Generates the client from the .proto files into a folder, and makes it importable."""
    out = tempfile.mkdtemp(prefix="quarterdeck-python-")
    folder = os.path.join(proto, "quarterdeck", "v1")
    files = sorted(os.path.join(folder, name) for name in os.listdir(folder))
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{proto}"]
    command += [f"--python_out={out}", f"--grpc_python_out={out}", *files]
    subprocess.run(command, check=True)
    sys.path.insert(0, out)


def unbase64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Invitation:
    """`okr://HOST:PORT/WORKSPACE#SECRET[.FINGERPRINT]`"""

    def __init__(self, url):
        parts = urllib.parse.urlsplit(url)
        self.host, self.port = parts.hostname, parts.port
        self.workspace = uuid.UUID(parts.path.strip("/"))
        secret, _, fingerprint = parts.fragment.partition(".")
        self.seed = unbase64(secret)
        self.fingerprint = unbase64(fingerprint) if fingerprint else None

    def channel(self):
        address = f"{self.host}:{self.port}"
        if self.fingerprint is None:
            return grpc.insecure_channel(address)
        pem = ssl.get_server_certificate((self.host, self.port))
        found = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest()
        check(found == self.fingerprint, "the certificate is the one that the invitation names")
        return grpc.secure_channel(address, grpc.ssl_channel_credentials(pem.encode()))


def leaf(workspace, entry, event):
    """The hash of an entry's leaf: docs/format.md."""
    sealed = entry.event
    event_hash = hashlib.sha256(b"quarterdeck/event/1\n" + sealed.salt + sealed.body).digest()
    envelope = b"\x01" + workspace.bytes + entry.seq.to_bytes(8, "big")
    envelope += entry.recorded_ms.to_bytes(8, "big") + event.id + event_hash
    return hashlib.sha256(b"\x00" + envelope).digest()


def merkle_root(leaves):
    """RFC 6962, section 2.1."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = merkle_root(leaves[:split]), merkle_root(leaves[split:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def open_note(note, key):
    """Checks a checkpoint's signature; returns its origin, size and root."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    name, _, signature = signatures.splitlines()[0].removeprefix("\u2014 ").rpartition(" ")
    data = base64.b64decode(signature)
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + key).digest()[:4]
    check(data[:4] == key_id, "the checkpoint names the server's key")
    check(ed25519.verify(key, text.encode(), data[4:]), "the checkpoint's signature holds")
    origin, size, root = text.splitlines()[:3]
    return origin, int(size), base64.b64decode(root)


def refused(call, *arguments, **options):
    """The status code with which a call fails."""
    try:
        call(*arguments, timeout=SECONDS, **options)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--proto", required=True)
    parser.add_argument("--invite", required=True)
    parser.add_argument("--key-result", required=True)
    options = parser.parse_args()
    generate(options.proto)
    from quarterdeck.v1 import command_service_pb2 as command, command_service_pb2_grpc
    from quarterdeck.v1 import query_service_pb2 as query, query_service_pb2_grpc
    from quarterdeck.v1 import sync_service_pb2 as sync, sync_service_pb2_grpc
    from quarterdeck.v1 import event_pb2, value_pb2

    invitation = Invitation(options.invite)
    channel = invitation.channel()
    syncing = sync_service_pb2_grpc.SyncServiceStub(channel)
    commands = command_service_pb2_grpc.CommandServiceStub(channel)
    queries = query_service_pb2_grpc.QueryServiceStub(channel)

    # Without a token, and with one that the server never gave.
    for metadata in [(), (("authorization", "Bearer made-up"),)]:
        code = refused(queries.GetStatus, query.GetStatusRequest(), metadata=metadata)
        check(code == grpc.StatusCode.UNAUTHENTICATED, f"no valid token: {code.name}")

    # The invitation certifies this device's key, and the server gives it a token.
    device, seed = uuid.uuid4(), os.urandom(32)
    key = ed25519.public_key(seed)
    message = b"quarterdeck/join/1\n" + invitation.workspace.bytes + device.bytes + key
    request = sync.JoinRequest(
        workspace=invitation.workspace.bytes,
        device=device.bytes,
        device_key=key,
        device_name="python",
        invitation_key=ed25519.public_key(invitation.seed),
        certificate=ed25519.sign(invitation.seed, message),
    )
    joined = syncing.Join(request, timeout=SECONDS)
    check(joined.genesis.workspace == invitation.workspace.bytes, "joined the workspace")
    metadata = (("authorization", "Bearer " + joined.token),)
    with_token = {"metadata": metadata, "timeout": SECONDS}

    # A watch from the head on says at once that it has begun.
    pulled = syncing.Pull(sync.PullRequest(first_seq=joined.joined.seq), **with_token)
    head = list(pulled)[-1].head
    watch = syncing.Watch(sync.WatchRequest(first_seq=head + 1), **with_token)
    first = next(watch)
    check(not first.entries and first.head == head, "the watch begins at the head")

    # A check-in by command; the same one again is answered alike.
    request = command.CheckInRequest(
        key_result=options.key_result,
        measure=value_pb2.Measure(absolute="531"),
        effective="2026-01-20",
        confidence="0.7",
        note="reported by Python",
        options=command.CommandOptions(event_id=str(uuid.uuid4())),
    )
    made = commands.CheckIn(request, **with_token).events
    check([event.kind for event in made] == ["CheckedIn"], "the check-in is recorded")
    again = commands.CheckIn(request, **with_token).events
    check(list(again) == list(made), "repeated, it gets the first one's answer")

    # It arrives on the watch.
    arrived = next(watch).entries[0]
    watch.cancel()
    event = event_pb2.Event.FromString(arrived.event.body)
    check(event.WhichOneof("payload") == "checked_in", "the watch shows the check-in")
    check(event.checked_in.measure.absolute == "531", "with its value")
    check(event.member == joined.member, "on this member's behalf")
    check(str(uuid.UUID(bytes=event.id)) == made[0].id, "under the id of the answer")

    # The whole log, and its proof.
    entries, note = [], None
    for part in syncing.Pull(sync.PullRequest(first_seq=1), **with_token):
        entries += part.entries
        note = part.checkpoint.note or note
    check([entry.seq for entry in entries] == list(range(1, len(entries) + 1)), "no gap in the log")
    origin, size, root = open_note(note, joined.genesis.server_key)
    check(origin == f"quarterdeck/{invitation.workspace}", "the checkpoint is of this workspace")
    check(size == len(entries), "and of the log's whole length")
    leaves = [
        leaf(invitation.workspace, entry, event_pb2.Event.FromString(entry.event.body))
        for entry in entries
    ]
    check(merkle_root(leaves) == root, f"the root of {size} entries is the signed one")

    # Questions.
    def values(as_of=None):
        status = queries.GetStatus(query.GetStatusRequest(as_of=as_of), **with_token)
        return [result.current for goal in status.objectives for result in goal.key_results]

    check("531" in values(), "the status shows the value")
    check("531" not in values(query.AsOf(position=head)), "as of the position before, it does not")
    history = queries.GetHistory(
        query.GetHistoryRequest(reference=options.key_result), **with_token
    )
    check(history.steps[-1].value == "531", "the history ends with it")
    check(history.steps[-1].event.on_behalf, "marked as made on the member's behalf")

    # A report, asked for in JSON as in docs/protocol.md, and answered in JSON.
    def report(text):
        asked = json_format.Parse(text, query.GetReportRequest())
        objects = [""]
        for part in queries.GetReport(asked, **with_token):
            objects[-1] += part.json
            objects += [] if part.goes_on else [""]
        return [json.loads(text) for text in objects[:-1]]

    lines = report('{"history": {"reference": "%s"}}' % options.key_result)
    check(lines[-1]["value"] == "531" and lines[-1]["on_behalf"], "so does its report")
    lines = report('{"log": {"limit": 1}, "as_of": {"words": "#%d"}}' % head)
    check([line["seq"] for line in lines] == [head], "a report of the past ends there")

    # Refusals.
    request.options.event_id = ""
    request.key_result = "kr-nowhere"
    code = refused(commands.CheckIn, request, metadata=metadata)
    check(code == grpc.StatusCode.NOT_FOUND, f"a key result that is not there: {code.name}")
    request.key_result = options.key_result
    request.measure.absolute = "many"
    code = refused(commands.CheckIn, request, metadata=metadata)
    check(code == grpc.StatusCode.INVALID_ARGUMENT, f"a value that is no number: {code.name}")


if __name__ == "__main__":
    main()
