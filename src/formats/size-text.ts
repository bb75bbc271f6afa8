/** Sizes as people read them: "88.2 MB" (decimal units, as file managers and model pages show them). */
const units = ["bytes", "kB", "MB", "GB", "TB"] as const;

export function sizeText(sizeBytes: number): string {
  let value = sizeBytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}

/** Whole percents, rounded down so that an incomplete file never reads "100 %". */
export function percentText(part: number, whole: number): string {
  return `${Math.floor((100 * part) / whole)} %`;
}
