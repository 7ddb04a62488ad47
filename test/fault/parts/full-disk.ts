import type { Part } from '../score.ts';

export const fullDisk: Part = { name: 'full-disk', what: '', run: async () => {} };
