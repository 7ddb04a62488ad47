import { describe, expect, it } from 'vitest';
import { filterText } from './activity.ts';

const NOW = Date.UTC(2026, 10, 27);
const of = (filter: Parameters<typeof filterText>[1]) => filterText('/r', filter, NOW);

describe('the filter of the activity log', () => {
  it('is of the registry and of the last week, unless another time is asked for', () => {
    expect(of({})).toBe("eventTimestamp ge '2026-11-20T00:00:00.000Z' and startswith(resourceUri,'/r')");
    const to = new Date(Date.UTC(2026, 0, 8)).toISOString();
    expect(of({ to })).toBe(
      `eventTimestamp ge '2026-01-01T00:00:00.000Z' and eventTimestamp le '${to}' and startswith(resourceUri,'/r')`,
    );
    expect(of({ from: 'nonsense', to: '' })).toBe(of({}));
  });

  it('has every part that is filled in, and no text ends the quotes that it stands in', () => {
    expect(of({ who: "o'neil' or '1' eq '1", what: 'tag.', repository: 'a/b', outcome: 'Failed' })).toContain(
      "contains(caller,'o''neil'' or ''1'' eq ''1') and contains(operationName,'tag.') and contains(repository,'a/b') and status eq 'Failed'",
    );
  });
});
