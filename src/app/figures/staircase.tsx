/** Decoration of the first screen: a smooth curve and the same curve in 2^b steps. */
export function Staircase() {
  const samples = 120;
  const width = 400;
  const height = 260;
  const curve = (t: number): number => 0.5 + 0.28 * Math.sin(t * 6.1) + 0.14 * Math.sin(t * 14.3 + 1);
  const levels = 8;
  let smooth = "";
  let steps = "";
  let last = NaN;
  for (let i = 0; i <= samples; i++) {
    const t = i / samples;
    const x = (t * width).toFixed(1);
    const value = curve(t);
    const code = Math.min(levels - 1, Math.floor(value * levels));
    smooth += `${i === 0 ? "M" : "L"}${x} ${(height * (1 - value)).toFixed(1)}`;
    const y = (height * (1 - (code + 0.5) / levels)).toFixed(1);
    steps += i === 0 ? `M${x} ${y}` : code === last ? `H${x}` : `H${x}V${y}`;
    last = code;
  }
  return (
    <svg className="staircase" viewBox={`0 -4 ${width} ${height + 8}`} aria-hidden="true" focusable="false">
      {Array.from({ length: levels }, (_, level) => (
        <line
          key={level}
          x1="0"
          x2={width}
          y1={(height * (level + 0.5)) / levels}
          y2={(height * (level + 0.5)) / levels}
          className="staircase-level"
        />
      ))}
      <path d={steps} className="staircase-steps" />
      <path d={smooth} className="staircase-curve" />
    </svg>
  );
}
