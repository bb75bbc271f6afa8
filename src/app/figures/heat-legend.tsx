/** What the lightest and the darkest cell of a heat map stand for. */
export function HeatLegend({ light, dark }: { readonly light: string; readonly dark: string }) {
  return (
    <p className="heat-legend">
      <span>{light}</span>
      <span className="heat-bar" aria-hidden="true" />
      <span>{dark}</span>
    </p>
  );
}

/** Of cells that hold a signal-to-noise ratio. */
export function ErrorLegend() {
  return <HeatLegend light="40 dB, clean" dark="0 dB, lost" />;
}
