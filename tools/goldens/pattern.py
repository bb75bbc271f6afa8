"""The procedural image that every image golden starts from; src/images/testing-pattern.ts draws the same one.

v(x, y, c) = (((7x + 13y + 31c) * (3x + 5y + 11) >> 3) + 29 * ((x >> 2 ^ y >> 3) & 1)) & 255: integers only, so both languages agree,
with smooth parts (which show wrong offsets) and edges that wrap around (which make filters overshoot and clamp).
"""


def value(x, y, c):
    return (((7 * x + 13 * y + 31 * c) * (3 * x + 5 * y + 11) >> 3) + 29 * ((x >> 2 ^ y >> 3) & 1)) & 255


def pattern_bytes(width, height, channels=3):
    return bytes(value(x, y, c) for y in range(height) for x in range(width) for c in range(channels))
