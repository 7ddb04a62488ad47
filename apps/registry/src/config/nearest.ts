/** Levenshtein's distance: the fewest letters added, removed or changed that make one word the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = (row[j - 1] ?? 0) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}

/** The known word that is most like `word`, without regard to case; a dotted word may also be meant by its last part. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const far = (candidate: string): number => {
    const lower = candidate.toLowerCase();
    // Half a step more, so that of two equally like words the one that is meant in full wins.
    return Math.min(distance(wanted, lower), distance(wanted, lower.slice(lower.lastIndexOf('.') + 1)) + 0.5);
  };
  return known.map((candidate) => ({ candidate, far: far(candidate) })).sort((a, b) => a.far - b.far)[0]?.candidate;
}
