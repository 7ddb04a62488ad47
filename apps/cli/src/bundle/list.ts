import { defineCommand } from '../command.ts';
import { BundleState, STATE } from './state.ts';

export const command = defineCommand({
  summary: 'Show the custody log of this machine: which bundles were made, verified and applied, by whom and when.',
  options: { ...STATE },
  examples: [{ text: 'As a table:', command: 'holdfast bundle list -o table' }],
  table: (result) =>
    (result as { time: string; action: string; bundle?: string; by: string; place?: string }[]).map((entry) => ({
      Time: entry.time,
      Action: entry.action,
      Bundle: entry.bundle?.slice(7, 19) ?? '',
      By: entry.by,
      Place: entry.place ?? '',
    })),
  run: async (context, { state }) => new BundleState(context, state).custody(),
});
