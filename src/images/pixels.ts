/** Decoded 8-bit RGB pixels, rows top to bottom, three bytes a pixel: what Pillow's convert("RGB") gives. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array<ArrayBuffer>;
}
