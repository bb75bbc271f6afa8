"""Small archives as zip, tar and numpy tools write them, hostile ones among them, for src/formats/archives/archives.test.ts.

python3 tools/goldens/archives.py src/formats/archives/goldens
"""
import io
import os
import sys
import tarfile
import zipfile

import numpy

FILES = {"model/config.json": b'{"num_heads": 3}', "model/notes.txt": b"hello " * 100}
LONG = "model/" + "deep/" * 40 + "leaf.txt"


def write_tar(path, mode, form):
    with tarfile.open(path, mode, format=form) as tar:
        for name, data in {**FILES, LONG: b"leaf"}.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        link = tarfile.TarInfo("model/link")
        link.type = tarfile.SYMTYPE
        link.linkname = "/etc/passwd"
        tar.addfile(link)


def main(folder):
    at = lambda name: os.path.join(folder, name)
    for name, method in [("stored.zip", zipfile.ZIP_STORED), ("deflated.zip", zipfile.ZIP_DEFLATED)]:
        with zipfile.ZipFile(at(name), "w", method) as archive:
            for path, data in FILES.items():
                archive.writestr(zipfile.ZipInfo(path), data, method)
    write_tar(at("gnu.tar"), "w", tarfile.GNU_FORMAT)
    write_tar(at("pax.tar"), "w", tarfile.PAX_FORMAT)
    write_tar(at("packed.tar.gz"), "w:gz", tarfile.GNU_FORMAT)
    with zipfile.ZipFile(at("escape.zip"), "w") as archive:
        archive.writestr("../../outside.txt", "x")
    with tarfile.open(at("escape.tar"), "w") as tar:
        info = tarfile.TarInfo("../outside.txt")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    # 100 MB of zeros in 100 kB.
    with zipfile.ZipFile(at("bomb.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("model.safetensors", bytes(100_000_000))
    # One that says 10 bytes and holds 600.
    with zipfile.ZipFile(at("liar.zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("config.json", b"a" * 600)
    data = bytearray(open(at("liar.zip"), "rb").read())
    central = data.rfind(b"PK\x01\x02")
    data[central + 24 : central + 28] = (10).to_bytes(4, "little")
    open(at("liar.zip"), "wb").write(data)
    numpy.savez(at("arrays.npz"), a=numpy.arange(6, dtype="<f4").reshape(2, 3), b=numpy.array([1, -2], dtype="<i8"))
    numpy.savez_compressed(at("packed.npz"), **{"Transformer/norm/scale": numpy.ones(4, dtype="<f4")})


main(sys.argv[1])
