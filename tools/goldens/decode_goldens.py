"""Writes src/images/goldens/decode/*: small image files of every kind the lab opens, and decode.json with the pixels they must decode to.

Run from the package root with Debian's python3-pil and python3-numpy:  /usr/bin/python3 tools/goldens/decode_goldens.py
Expected pixels are Pillow's convert("RGB"), which knows neither colour management nor EXIF orientation, except where the lab states
another rule: alpha is composited on white (255 - a + round(c * a / 255)), 16-bit samples keep their upper byte (so does Pillow, for colour),
and CMYK becomes floor((255 - ink) * (255 - black) / 255), as browsers do it (Pillow rounds).
"""

import hashlib
import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image

from pattern import pattern_bytes

FOLDER = "src/images/goldens/decode"
W, H = 37, 29
entries = {}


def sha(data):
    return hashlib.sha256(bytes(data)).hexdigest()


def add(name, data, rgb=None, size=None, note=""):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)
    if rgb is None:
        image = Image.open(io.BytesIO(data))
        image.load()
        size, rgb = image.size, image.convert("RGB").tobytes()
    entries[name] = {"width": size[0], "height": size[1], "rgbSha256": sha(rgb), "note": note}


def saved(image, form, **options):
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def on_white(rgba):
    """rgba [H,W,4] u8 -> [H,W,3] u8; c*a/255 is never a tie because 255 is odd."""
    colour, alpha = rgba[..., :3].astype(np.int64), rgba[..., 3:].astype(np.int64)
    return (255 - alpha + (colour * alpha + 127) // 255).astype(np.uint8)


def png(width, height, depth, kind, rows, before_data=()):
    """A PNG by hand, for what Pillow cannot write; rows are bytes without the filter byte."""

    def chunk(tag, body):
        return struct.pack(">I", len(body)) + tag + body + struct.pack(">I", zlib.crc32(tag + body))

    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    data = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    extra = b"".join(chunk(tag, body) for tag, body in before_data)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def strange_icc_profile():
    """A valid matrix profile with gamma 1.0 and red and blue exchanged: whoever applies it changes every pixel visibly."""

    def xyz(x, y, z):
        return b"XYZ \0\0\0\0" + struct.pack(">iii", *(round(v * 65536) for v in (x, y, z)))

    curve = b"curv\0\0\0\0" + struct.pack(">I", 0)
    text = b"text\0\0\0\0none\0\0\0\0"
    desc = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"odd\0\0" + b"\0" * (4 + 4 + 2 + 1 + 67)
    desc += b"\0" * (-len(desc) % 4)
    tags = [
        (b"desc", desc), (b"cprt", text), (b"wtpt", xyz(0.9642, 1.0, 0.8249)),
        (b"rXYZ", xyz(0.1431, 0.0606, 0.7141)), (b"gXYZ", xyz(0.3851, 0.7169, 0.0971)), (b"bXYZ", xyz(0.4361, 0.2225, 0.0139)),
        (b"rTRC", curve), (b"gTRC", curve), (b"bTRC", curve),
    ]
    offset, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for tag, data in tags:
        padded = data + b"\0" * (-len(data) % 4)
        table += tag + struct.pack(">II", offset + len(body), len(data))
        body += padded
    size = 128 + 4 + len(table) + len(body)
    header = struct.pack(">I4sI4s4s4s", size, b"none", 0x02100000, b"mntr", b"RGB ", b"XYZ ")
    header += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + b"\0" * 28 + struct.pack(">iii", 63190, 65536, 54061)
    header += b"\0" * (128 - len(header))
    return header + struct.pack(">I", len(tags)) + table + body


def exif(order, orientation):
    """A TIFF block with a decoy tag before the orientation, in either byte order."""
    e = "<" if order == b"II" else ">"
    entries_ = [(0x0100, 4, 1, struct.pack(e + "I", 77)), (0x0112, 3, 1, struct.pack(e + "HH", orientation, 0))]
    body = b"".join(struct.pack(e + "HHI", tag, kind, count) + value for tag, kind, count, value in entries_)
    return order + struct.pack(e + "HI", 42, 8) + struct.pack(e + "H", len(entries_)) + body + struct.pack(e + "I", 0)


os.makedirs(FOLDER, exist_ok=True)
rgb = Image.frombytes("RGB", (W, H), pattern_bytes(W, H))
smooth = Image.frombytes("RGB", (150, 101), pattern_bytes(150, 101)).resize((75, 51), Image.BICUBIC)
grey = rgb.convert("L")
icc = strange_icc_profile()

for name in os.listdir(FOLDER):
    os.remove(os.path.join(FOLDER, name))
for label, subsampling in (("444", 0), ("422", 1), ("420", 2)):
    add(f"rgb-{label}.jpg", saved(rgb, "JPEG", quality=83, subsampling=subsampling))
    add(f"smooth-{label}.jpg", saved(smooth, "JPEG", quality=60, subsampling=subsampling))
add("progressive-420.jpg", saved(smooth, "JPEG", quality=75, progressive=True))
add("grey.jpg", saved(grey, "JPEG", quality=75))


def add_cmyk(name, data, note):
    inks = np.asarray(Image.open(io.BytesIO(data))).astype(np.int64)
    light = (255 - inks[..., :3]) * (255 - inks[..., 3:]) // 255
    add(name, data, light.astype(np.uint8), (inks.shape[1], inks.shape[0]), note)


inks = Image.frombytes("CMYK", (W, H), pattern_bytes(W, H, 4))
cmyk = saved(inks, "JPEG", quality=90)
adobe = cmyk.index(b"\xff\xee\x00\x0eAdobe")
add_cmyk("cmyk.jpg", cmyk, "all four inks vary, Adobe marker")
add_cmyk("ycck.jpg", cmyk[: adobe + 15] + b"\2" + cmyk[adobe + 16 :], "the same coefficients read as YCCK")
add_cmyk("cmyk-unmarked.jpg", cmyk[:adobe] + cmyk[adobe + 16 :], "no Adobe marker")
add("one-pixel.jpg", saved(rgb.crop((5, 5, 6, 6)), "JPEG", quality=75))
add("icc.jpg", saved(rgb, "JPEG", quality=83, subsampling=0, icc_profile=icc), note="ICC profile ignored")
add("orientation-6-le.jpg", saved(rgb, "JPEG", quality=83, exif=b"Exif\0\0" + exif(b"II", 6)), note="EXIF orientation ignored")
add("orientation-8-be.jpg", saved(rgb, "JPEG", quality=83, exif=b"Exif\0\0" + exif(b"MM", 8)), note="EXIF orientation ignored")

add("rgb.png", saved(rgb, "PNG"))
add("grey.png", saved(grey, "PNG"))
add("one-bit.png", saved(grey.convert("1"), "PNG"))
add("palette.png", saved(rgb.quantize(50), "PNG"))
add("icc.png", saved(rgb, "PNG", icc_profile=icc), note="ICC profile ignored")
rows = [pattern_bytes(W, H)[y * W * 3 : (y + 1) * W * 3] for y in range(H)]
add("gamma.png", png(W, H, 8, 2, rows, [(b"gAMA", struct.pack(">I", 100000))]), note="gAMA ignored")
add("orientation-6.png", png(W, H, 8, 2, rows, [(b"eXIf", exif(b"MM", 6))]), rgb.tobytes(), (W, H), "EXIF orientation ignored")

table = np.zeros((256, 256, 4), np.uint8)
table[..., 0] = np.arange(256)[None, :]
table[..., 1] = 255 - np.arange(256)[None, :]
table[..., 2] = (np.arange(256)[None, :] * 7 + np.arange(256)[:, None]) & 255
table[..., 3] = np.arange(256)[:, None]
add("alpha.png", saved(Image.fromarray(table), "PNG", optimize=True), on_white(table), (256, 256), "every colour with every alpha, on white")
grey_alpha = np.frombuffer(pattern_bytes(W, H, 2), np.uint8).reshape(H, W, 2)
spread = grey_alpha[..., [0, 0, 0, 1]]
add("grey-alpha.png", saved(Image.fromarray(grey_alpha, "LA"), "PNG"), on_white(spread), (W, H), "on white")
rgba = np.frombuffer(pattern_bytes(W, H, 4), np.uint8).reshape(H, W, 4)
paletted = rgb.quantize(50)
alphas = bytes((i * 37) & 255 for i in range(50))
colours = np.array(paletted.getpalette()[: 50 * 3], np.uint8).reshape(50, 3)
index = np.array(paletted)
on = np.concatenate([colours[index], np.frombuffer(alphas, np.uint8)[index][..., None]], axis=2)
add("palette-alpha.png", saved(paletted, "PNG", transparency=alphas), on_white(on), (W, H), "on white")
key = np.array(rgb)
keyed = np.concatenate([key, np.where((key == key[3, 4]).all(axis=2), 0, 255).astype(np.uint8)[..., None]], axis=2)
add("colour-key.png", saved(rgb, "PNG", transparency=tuple(int(v) for v in key[3, 4])), on_white(keyed), (W, H), "tRNS colour key, on white")

wide = np.frombuffer(pattern_bytes(W, H * 2, 3), np.uint8).astype(np.uint32)[: W * H * 3].reshape(H, W, 3) * 257 // 2
wide = (wide * 2 + np.arange(W, dtype=np.uint32)[None, :, None] * 41) & 65535
high8 = (wide >> 8).astype(np.uint8)
rows16 = [wide[y].astype(">u2").tobytes() for y in range(H)]
add("rgb-16-bit.png", png(W, H, 16, 2, rows16), high8, (W, H), "16-bit samples")
rows16 = [wide[y, :, 0].astype(">u2").tobytes() for y in range(H)]
add("grey-16-bit.png", png(W, H, 16, 0, rows16), np.repeat(high8[..., :1], 3, axis=2), (W, H), "16-bit samples")

add("lossless.webp", saved(rgb, "WEBP", lossless=True))
add("lossy.webp", saved(smooth, "WEBP", quality=70))
add("alpha.webp", saved(Image.fromarray(rgba), "WEBP", lossless=True, exact=True), on_white(rgba), (W, H), "on white")
add("orientation-5.webp", saved(rgb, "WEBP", lossless=True, exif=exif(b"II", 5)), note="EXIF orientation ignored")
add("palette.gif", saved(paletted, "GIF"))
gif = saved(paletted, "GIF", transparency=3)
seen = Image.open(io.BytesIO(gif)).convert("RGBA")
add("transparent.gif", gif, on_white(np.array(seen)), (W, H), "on white")
add("rgb.bmp", saved(rgb, "BMP"), note="browser only")

with open("src/images/goldens/decode.json", "w") as file:
    json.dump(entries, file, indent=2)
    file.write("\n")
