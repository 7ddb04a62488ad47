import { join } from 'node:path';
import { amongIndexes } from '../crowds/deep-index.ts';
import { beside5000 } from '../crowds/dripping.ts';
import { amongReferrers, amongSessions } from '../crowds/million.ts';
import type { Part } from '../score.ts';

/** A18, A21 and A24 of the list of attacks, in their full numbers. */
export const crowds: Part = {
  name: 'crowds',
  what: 'thousands of slow connections, a million rows',
  run: async ({ score, folder }) => {
    await score.trial('A24: 5,000 bodies at one byte a second', () => beside5000(join(folder, 'drip')));
    await score.trial('A24: a million sessions', () => amongSessions(join(folder, 'sessions')));
    await score.trial('A18: indexes 10,000 deep, a child of 100,000', () => amongIndexes(join(folder, 'indexes')));
    await score.trial('A21: a million referrers of one subject', () => amongReferrers(join(folder, 'referrers')));
  },
};
