/** One call on one tag, with the times of its beginning and its end; `value` undefined means that there is no tag. */
export interface TagCall {
  readonly begin: number;
  readonly end: number;
  readonly does:
    | { readonly kind: 'put'; readonly value: string }
    /** What a read saw. */
    | { readonly kind: 'read'; readonly value: string | undefined }
    /** Whether there was a tag to delete. */
    | { readonly kind: 'delete'; readonly found: boolean }
    /** A manifest went, and with it the tag if it named that one. */
    | { readonly kind: 'delete-where'; readonly value: string };
}

/**
 * Whether some order of the calls explains every answer, in which no call comes before one that had ended when it began
 * (Wing and Gong 1993, with a memory of what was tried). At most 30 calls.
 */
export function isLinearizable(calls: readonly TagCall[]): boolean {
  if (calls.length > 30) throw new Error('too many calls to try their orders');
  const everything = 2 ** calls.length - 1;
  const tried = new Set<string>();
  const search = (done: number, value: string | undefined): boolean => {
    if (done === everything) return true;
    const key = `${done} ${value}`;
    if (tried.has(key)) return false;
    tried.add(key);
    const open = calls.map((call, place) => ({ call, place })).filter(({ place }) => (done & (1 << place)) === 0);
    const firstEnd = Math.min(...open.map(({ call }) => call.end));
    return open.some(({ call, place }) => {
      if (call.begin > firstEnd) return false;
      const next = after(call, value);
      return next !== 'impossible' && search(done | (1 << place), next.value);
    });
  };
  return search(0, undefined);
}

function after({ does }: TagCall, value: string | undefined): { value: string | undefined } | 'impossible' {
  switch (does.kind) {
    case 'put':
      return { value: does.value };
    case 'read':
      return does.value === value ? { value } : 'impossible';
    case 'delete':
      return does.found === (value !== undefined) ? { value: undefined } : 'impossible';
    case 'delete-where':
      return { value: value === does.value ? undefined : value };
  }
}
