/** What the targets for manifests leave to a server on `node:http` that does what the contract asks for when one is read or pushed, and nothing else (`floor/duties.ts`). */
import { SURE } from './report-budget.ts';
import { DUTIES, DUTIES_TWICE, type Measurement, ratio } from './results.ts';
import { markdownTable, times } from './table.ts';

interface DutiesRatios {
  readonly wanted: number;
  readonly ours: number;
  readonly one: number;
  /** Not of pushes, whose rows have one writer. */
  readonly two: number | undefined;
}

/** All times the peer; undefined where one of them was not measured. */
function ratiosOf(m: Measurement): DutiesRatios | undefined {
  const [wanted, ours, one, two] = [m.target.ratio, ratio(m), ratio(m, DUTIES), ratio(m, DUTIES_TWICE)];
  if (wanted === undefined || ours === undefined || one === undefined) return undefined;
  if (two === undefined && !m.id.startsWith('manifest-put-')) return undefined;
  return { wanted, ours, one, two };
}

/** Whether they fall short in one process and in two, and so do ours: by more than figures differ by between two tries. */
export function isBeyondDuties(m: Measurement): boolean {
  const ratios = ratiosOf(m);
  return ratios !== undefined && Math.max(ratios.ours, ratios.one, ratios.two ?? 0) * SURE < ratios.wanted;
}

export function dutiesSection(missed: readonly Measurement[]): string[] {
  const rows = missed.flatMap((m) => {
    const ratios = ratiosOf(m);
    if (!ratios) return [];
    const { wanted, ours, one, two } = ratios;
    return [
      [m.title, times(wanted), times(ours), times(one), times(two), isBeyondDuties(m) ? 'beyond' : 'within reach'],
    ];
  });
  if (rows.length === 0) return [];
  const text = `A registry that reads its requests with \`node:http\` has more to do for a manifest than the least on Node: to know the caller and the host, to look at the right, to name the request, to count it, to note the pull,
and to write a line in the log; and before a push to ask for locks, policies and the quota. \`bench/floor/duties.ts\` does that and nothing else, each in the least way that was found; in one process, and in two that share the port
(pushes in one: their rows have one writer). Times the peer, in the same rounds as ours. *Beyond*: neither reaches the target, by 5 % or more. It is the least that was found, so a strong hint and no proof; and it is of what is built on \`node:http\`, not of Node: ADR 0008 has what reading heads ourselves would give, and why it is not done.`;
  const head = ['Workload', 'Wanted', 'Ours', 'Least with duties', 'In two processes', ''];
  return ['### Beyond the least with a registry’s duties', text, markdownTable([head, ...rows])];
}
