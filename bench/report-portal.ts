/** What the report says of the portal, made of the results of `bench/portal/run.ts`. */

import { valuePlot } from './plot.ts';
import { judge, type Opened, type OpeningWay, type PortalResults } from './portal-results.ts';
import { median } from './results.ts';

/** Programs that want a core, of which the browser and the server are two. */
const BUSY = 4;

const verdict = (met: boolean) => (met ? 'ok' : '**short**');

export function portalSection(results: PortalResults, name: string, heapPlot: readonly string[]): string[] {
  const { opening, heap, rows } = results;
  const [load = 0] = results.facts.load;
  const lines = judge(results).map(({ what, is, bar, met }) => [what, is, bar, bar === '–' ? '' : verdict(met)]);
  const table = [['What', 'Is', 'Target', ''], ['---', '---', '---', '---'], ...lines]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n');
  const parts = [
    '## The portal',
    `In Chromium ${results.chromium}, against a server with a repository of ${rows.toLocaleString('en').replaceAll(',', ' ')} tags and as many repositories. Raw results: \`bench/results/${name}\`.`,
    table,
    ...(load > BUSY
      ? [
          `The machine was busy with other work (load ${load.toFixed(0)}), which lengthens all times by the clock; CPU times are the page’s own.`,
        ]
      : []),
  ];
  if (opening) parts.push(openingText(opening.ways));
  if (heap) {
    parts.push(
      ...heapPlot,
      `Scrolled by the wheel at 1 700 rows a second${heap.longTasks.length === 0 ? '; no task over 50 ms in all that time' : `; tasks over 50 ms in all that time: ${heap.longTasks.length}, the longest ${Math.max(...heap.longTasks)} ms`}. The heap is what V8 uses after a forced collection.`,
    );
  }
  return parts;
}

function openingText(ways: Readonly<Record<OpeningWay, readonly Opened[]>>): string {
  return `Opening is what somebody who is in the portal waits for: from the event that opens the repository, in the list of repositories, to the frame behind the one in which its tags are in
the page; medians of ${ways.key.length} fresh profiles. Who presses Enter or clicks has rested on the row for a moment, and its first rows are asked for by then.
The bare address is counted from where the sign-in page leads back to, with the scripts in the browser’s cache: it has them to compile and three tokens to get (${median(ways.cold.map(({ ms }) => ms)).toFixed(0)} ms), and no target.`;
}

/** The heap, evenly over the time. */
export function heapPlot({ minutes, bytes }: NonNullable<PortalResults['heap']>): string {
  const rows = bytes.map((value, i) => ({
    label: `${(((i + 1) * minutes) / bytes.length).toFixed(1)} min`,
    bars: [{ side: 'heap', value: value / 1e6 }],
  }));
  return valuePlot(`Heap of the page while it is scrolled for ${minutes} minutes`, 'MB', rows);
}
