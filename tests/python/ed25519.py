"""Ed25519 (RFC 8032, section 5.1) in plain Python, for the conformance client.

Slow and not constant in time: good for a test whose keys nobody wants, and for nothing else.
It is here so that the client needs no package but gRPC's.
"""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _x(y, sign):
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P:
        raise ValueError("no point of the curve")
    return P - x if x & 1 != sign else x


BASE_Y = 4 * pow(5, P - 2, P) % P
BASE = (_x(BASE_Y, 0), BASE_Y, 1, _x(BASE_Y, 0) * BASE_Y % P)


def _add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _pack(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def _unpack(data):
    number = int.from_bytes(data, "little")
    y, sign = number & (1 << 255) - 1, number >> 255
    x = _x(y, sign)
    return x, y, 1, x * y % P


def _number(*parts):
    return int.from_bytes(hashlib.sha512(b"".join(parts)).digest(), "little")


def _secret(seed):
    digest = hashlib.sha512(seed).digest()
    scalar = int.from_bytes(digest[:32], "little")
    return scalar & (1 << 254) - 8 | 1 << 254, digest[32:]


def public_key(seed):
    """The public key, 32 bytes, of a seed of 32 bytes."""
    return _pack(_times(_secret(seed)[0], BASE))


def sign(seed, message):
    """The signature, 64 bytes, of a message."""
    scalar, prefix = _secret(seed)
    public = _pack(_times(scalar, BASE))
    nonce = _number(prefix, message) % L
    point = _pack(_times(nonce, BASE))
    answer = (nonce + _number(point, public, message) * scalar) % L
    return point + answer.to_bytes(32, "little")


def verify(public, message, signature):
    """Whether the signature of the message was made with the key."""
    point, answer = signature[:32], int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or answer >= L:
        return False
    challenge = _number(point, public, message) % L
    right = _add(_unpack(point), _times(challenge, _unpack(public)))
    return _pack(_times(answer, BASE)) == _pack(right)
