/** The shape of the last hour, without axes; the figures stand beside it. */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  const [width, height] = [120, 24];
  const max = Math.max(1, ...values.map((value) => value ?? 0));
  const step = width / Math.max(1, values.length);
  const bars = values.map((value, index) => {
    const size = value ? Math.max(1.5, (value / max) * (height - 1)) : 0;
    return `M${index * step} ${height}v${-size}h${Math.max(0.8, step - 0.6)}v${size}z`;
  });
  return (
    <svg
      className="sparkline"
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    >
      <path className="bars" d={bars.join('')} />
      <path d={`M0 ${height - 0.5}H${width}`} />
    </svg>
  );
}
