"""Writes src/images/goldens/resample.json, crop.json and normalize.json: what Pillow and numpy make of the pattern image.

Run from the package root with Debian's python3-pil and python3-numpy:  /usr/bin/python3 tools/goldens/resample_goldens.py
Run prettier on them afterwards. Results of up to 64 bytes are stored whole (hex), larger ones as SHA-256 of their RGB bytes.
"""

import hashlib
import json
import math

import numpy as np
import PIL
from PIL import Image

from pattern import pattern_bytes

FILTERS = {
    "nearest": Image.NEAREST,
    "box": Image.BOX,
    "bilinear": Image.BILINEAR,
    "hamming": Image.HAMMING,
    "bicubic": Image.BICUBIC,
    "lanczos": Image.LANCZOS,
}
SIZES = [
    # 1-pixel images and results
    ((1, 1), (1, 1)), ((1, 1), (4, 5)), ((5, 4), (1, 1)), ((1, 9), (3, 4)), ((9, 1), (4, 3)), ((2, 2), (3, 3)), ((3, 3), (2, 2)),
    # up, down, odd, one side only, one up and one down
    ((4, 4), (4, 4)), ((7, 5), (19, 23)), ((23, 19), (7, 5)), ((31, 17), (31, 9)), ((31, 17), (13, 17)), ((31, 17), (62, 17)),
    ((13, 40), (40, 13)), ((64, 64), (256, 256)), ((97, 64), (388, 256)), ((101, 67), (33, 22)), ((500, 375), (341, 256)),
    ((375, 500), (248, 330)), ((333, 500), (224, 224)), ((613, 3), (11, 2)), ((3, 613), (2, 11)),
]


def picture(width, height):
    return Image.frombytes("RGB", (width, height), pattern_bytes(width, height))


def stored(data):
    return {"hex": data.hex()} if len(data) <= 64 else {"sha256": hashlib.sha256(data).hexdigest()}


def write(name, value):
    with open(f"src/images/goldens/{name}.json", "w") as file:
        json.dump(value, file, separators=(",", ":"))
        file.write("\n")


resampled = [
    {"filter": name, "from": source, "to": target, **stored(picture(*source).resize(target, code).tobytes())}
    for source, target in SIZES
    for name, code in FILTERS.items()
]
write("resample", {"pillow": PIL.__version__, "cases": resampled})


def shortest_edge(image, size, code):
    width, height = image.size
    short, long = min(width, height), max(width, height)
    longer = int(size * long / short)
    return image.resize((size, longer) if width <= height else (longer, size), code)


def torchvision_crop(image, crop_width, crop_height):
    width, height = image.size
    left_pad, top_pad = max(crop_width - width, 0) // 2, max(crop_height - height, 0) // 2
    padded = Image.new("RGB", (max(width, crop_width), max(height, crop_height)))
    padded.paste(image, (left_pad, top_pad))
    left, top = int(round((padded.width - crop_width) / 2.0)), int(round((padded.height - crop_height) / 2.0))
    return padded.crop((left, top, left + crop_width, top + crop_height))


def huggingface_crop(image, crop_width, crop_height):
    width, height = image.size
    array = np.asarray(image)
    top, left = (height - crop_height) // 2, (width - crop_width) // 2
    new_height, new_width = max(crop_height, height), max(crop_width, width)
    canvas = np.zeros((new_height, new_width, 3), np.uint8)
    top_pad, left_pad = math.ceil((new_height - height) / 2), math.ceil((new_width - width) / 2)
    canvas[top_pad : top_pad + height, left_pad : left_pad + width] = array
    top, left = max(top + top_pad, 0), max(left + left_pad, 0)
    return Image.fromarray(canvas[top : top + crop_height, left : left + crop_width])


crops = []
for rounding, crop in (("torchvision", torchvision_crop), ("huggingface", huggingface_crop)):
    # (w, h) of the image, size of the shorter side, crop (w, h): spare pixels of every remainder mod 4 on both axes, and crops that pad
    shapes = [((24 + spare, 24), 24, (20, 20)) for spare in range(8)]
    shapes += [((24, 24 + spare), 24, (21, 20)) for spare in range(8)]
    shapes += [((30, 40), 30, (25 + odd, 27 + odd)) for odd in range(4)]
    shapes += [((11, 8), 8, (14 + odd, 15 + odd)) for odd in range(4)]
    shapes += [((9, 31), 16, (21, 20)), ((31, 9), 16, (20, 21)), ((225, 300), 256, (224, 224)), ((500, 333), 248, (224, 224))]
    for source, size, target in shapes:
        result = crop(shortest_edge(picture(*source), size, Image.BICUBIC), *target)
        crops.append({"rounding": rounding, "from": source, "size": size, "crop": target, **stored(result.tobytes())})
write("crop", {"pillow": PIL.__version__, "cases": crops})

levels = []
for mean, std in (((0.485, 0.456, 0.406), (0.229, 0.224, 0.225)), ((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)), ((0.4914, 0.4822, 0.4465), (0.2023, 0.1994, 0.201))):
    ramp = np.arange(256, dtype=np.uint8).astype(np.float32) / np.float32(255)
    rows = [(ramp - np.float32(m)) / np.float32(s) for m, s in zip(mean, std)]
    assert all(row.dtype == np.float32 for row in rows)
    levels.append({"mean": mean, "std": std, "f32Sha256": hashlib.sha256(np.stack(rows).astype("<f4").tobytes()).hexdigest()})
write("normalize", {"numpy": np.__version__, "cases": levels})
