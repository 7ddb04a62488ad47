/** Bar plots as SVG that stand for themselves: no script, no font, no other file; light or dark as the reader's system is. */

export interface RatioBar {
  readonly label: string;
  readonly ratio: number;
  readonly target: number | undefined;
  readonly short: boolean;
}

export interface ValueRow {
  readonly label: string;
  readonly bars: readonly { readonly side: string; readonly value: number }[];
  readonly most?: number | undefined;
}

const WIDTH = 960;
const LABELS = 390;
const RIGHT = 110;
const ROW = 24;
const TOP = 64;
const PLOT = WIDTH - LABELS - RIGHT;

const STYLE = `
  .paper { fill: #ffffff } .ink { fill: #1f2328 } .soft { fill: #59636e }
  .line { stroke: #d1d9e0 } .one { stroke: #59636e } .target { stroke: #1f2328; stroke-width: 2 }
  .b0 { fill: #0969da } .b1 { fill: #818b98 } .b2 { fill: #bf8700 } .b3 { fill: #8250df } .miss { fill: #bc4c00 }
  text { font: 13px system-ui, sans-serif } .title { font-size: 16px; font-weight: 600 } .small { font-size: 12px }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117 } .ink { fill: #f0f6fc } .soft { fill: #9198a1 }
    .line { stroke: #3d444d } .one { stroke: #9198a1 } .target { stroke: #f0f6fc }
    .b0 { fill: #4493f8 } .b1 { fill: #656c76 } .b2 { fill: #d29922 } .b3 { fill: #ab7df8 } .miss { fill: #f0883e }
  }`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function text(x: number, y: number, content: string, options: { class?: string; anchor?: string } = {}): string {
  const anchor = options.anchor ? ` text-anchor="${options.anchor}"` : '';
  return `<text class="${options.class ?? 'ink'}" x="${x.toFixed(1)}" y="${y.toFixed(1)}"${anchor}>${escaped(content)}</text>`;
}

function rect(kind: string, x: number, y: number, width: number, height: number): string {
  return `<rect class="${kind}" x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(width, 1).toFixed(1)}" height="${height}" rx="2"/>`;
}

function vertical(kind: string, x: number, from: number, to: number): string {
  return `<line class="${kind}" x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${from}" y2="${to}"/>`;
}

function page(title: string, note: string, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escaped(title)}">
<style>${STYLE}
</style>
${rect('paper', 0, 0, WIDTH, height)}
${text(16, 26, title, { class: 'ink title' })}
${text(16, 46, note, { class: 'soft small' })}
${parts.join('\n')}
</svg>
`;
}

/** How many times as good as the peer, on a logarithmic axis: to the right of 1× better, to the left worse. */
export function ratioPlot(title: string, bars: readonly RatioBar[]): string {
  const all = bars.flatMap((bar) => [bar.ratio, bar.target ?? 1]).filter((value) => value > 0);
  const low = Math.min(0.5, ...all);
  const high = Math.max(2, ...all);
  const x = (value: number) => LABELS + (Math.log(value / low) / Math.log(high / low)) * PLOT;
  const bottom = TOP + bars.length * ROW;
  const parts: string[] = [];
  for (const tick of [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]) {
    if (tick < low || tick > high) continue;
    parts.push(vertical(tick === 1 ? 'one' : 'line', x(tick), TOP - 4, bottom));
    parts.push(text(x(tick), bottom + 16, `${tick}×`, { class: 'soft small', anchor: 'middle' }));
  }
  for (const [i, { label, ratio, target, short }] of bars.entries()) {
    const y = TOP + i * ROW;
    parts.push(text(LABELS - 10, y + 15, label, { anchor: 'end' }));
    const [from, to] = [Math.min(x(1), x(ratio)), Math.max(x(1), x(ratio))];
    parts.push(rect(short ? 'miss' : 'b0', from, y + 4, to - from, ROW - 8));
    if (target !== undefined) parts.push(vertical('target', x(target), y + 1, y + ROW - 1));
    const number = ratio >= 20 ? ratio.toFixed(0) : ratio.toFixed(2);
    parts.push(
      text(Math.max(to, x(target ?? 1)) + 6, y + 15, `${number}×${short ? ' short' : ''}`, { class: 'ink small' }),
    );
  }
  return page(title, 'Ratio to the peer, logarithmic. The thick mark is the target.', bottom + 28, parts);
}

/** Plain values from zero, a bar for each side below each other. */
export function valuePlot(title: string, unit: string, rows: readonly ValueRow[]): string {
  const high = Math.max(1e-9, ...rows.flatMap((row) => [...row.bars.map((bar) => bar.value), row.most ?? 0]));
  const x = (value: number) => LABELS + (value / high) * PLOT;
  const sides = [...new Set(rows.flatMap((row) => row.bars.map((bar) => bar.side)))];
  const parts: string[] = [];
  let at = 16;
  for (const [i, side] of sides.entries()) {
    parts.push(rect(`b${i % 4}`, at, 54, 12, 12), text(at + 18, 65, side, { class: 'ink small' }));
    at += 40 + side.length * 7;
  }
  let y = TOP + 14;
  for (const { label, bars, most } of rows) {
    const from = y;
    parts.push(text(LABELS - 10, y + (bars.length * ROW) / 2 + 4, label, { anchor: 'end' }));
    for (const { side, value } of bars) {
      parts.push(rect(`b${sides.indexOf(side) % 4}`, LABELS, y + 4, x(value) - LABELS, ROW - 8));
      const shown = value >= 100 ? value.toFixed(0) : value.toPrecision(3);
      // Beside the mark, not under it.
      const covered = most !== undefined && x(most) > x(value) && x(most) < x(value) + 50;
      parts.push(text((covered ? x(most) : x(value)) + 6, y + 15, shown, { class: 'ink small' }));
      y += ROW;
    }
    if (most !== undefined) parts.push(vertical('target', x(most), from, y));
    y += 10;
  }
  const marked = rows.some((row) => row.most !== undefined) ? ' The thick mark is the most that is allowed.' : '';
  return page(title, `${unit}, less is better.${marked}`, y + 8, parts);
}
