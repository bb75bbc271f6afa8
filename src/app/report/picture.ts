/** Long side of the pictures in a report, in pixels. */
const SIDE = 96;

/** A bitmap as a data: URL small enough to be carried along. */
export function pictureOf(bitmap: ImageBitmap): string {
  const ratio = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.floor(bitmap.width * ratio));
  canvas.height = Math.max(1, Math.floor(bitmap.height * ratio));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/png");
}
