"""Writes src/images/goldens/photo-hashes.json: SHA-256 of what Pillow makes of the photographs that lie outside the project.

Run from the package root:  /usr/bin/python3 tools/goldens/photo_hashes.py ../shared/data/photos
decoded: convert("RGB"); cropped: shorter side to 256 bicubic, then torchvision's centre crop of 224.
"""

import hashlib
import json
import os
import sys

import PIL
from PIL import Image

folder = sys.argv[1]
photos = {}
for name in sorted(os.listdir(folder)):
    image = Image.open(os.path.join(folder, name)).convert("RGB")
    width, height = image.size
    longer = int(256 * max(width, height) / min(width, height))
    small = image.resize((256, longer) if width <= height else (longer, 256), Image.BICUBIC)
    left, top = int(round((small.width - 224) / 2.0)), int(round((small.height - 224) / 2.0))
    cropped = small.crop((left, top, left + 224, top + 224))
    photos[name] = {key: hashlib.sha256(value.tobytes()).hexdigest() for key, value in (("decoded", image), ("cropped", cropped))}
with open("src/images/goldens/photo-hashes.json", "w") as file:
    json.dump({"pillow": PIL.__version__, "photos": photos}, file, indent=2)
    file.write("\n")
