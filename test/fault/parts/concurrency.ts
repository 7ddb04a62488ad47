import type { Part } from '../score.ts';

export const concurrency: Part = { name: 'concurrency', what: '', run: async () => {} };
