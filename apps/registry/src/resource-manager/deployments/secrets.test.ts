import { describe, expect, it } from 'vitest';
import { type Right, Secrets } from './secrets.ts';

const right: Right = { action: 'Microsoft.X/y/action', scope: '/s' };

describe('secrets of a deployment', () => {
  it('are noted by the evaluation that meets one, and by those around it, and by no other', () => {
    const secrets = new Secrets();
    const outer = secrets.watch(() => {
      const inner = secrets.watch(() => secrets.meet([right]));
      const later = secrets.watch(() => secrets.met);
      return { inner: inner.rights, later: later.value };
    });
    expect(outer).toEqual({ value: { inner: [right], later: false }, rights: [right] });
    expect(secrets.watch(() => 1).rights).toEqual([]);
  });

  it('are noted even when the evaluation fails', () => {
    const secrets = new Secrets();
    const { rights } = secrets.watch(() => {
      try {
        secrets.watch(() => {
          secrets.meet([right]);
          throw new Error('no');
        });
      } catch {
        return 1;
      }
      return 2;
    });
    expect(rights).toEqual([right]);
  });

  it('are blanked in texts, whatever their case, wherever they were cut off, one within another', () => {
    const secrets = new Secrets();
    secrets.keep({ a: ['seven quiet lanterns'], b: 'short' }, 4);
    secrets.keep('registry');
    expect(secrets.blank("it's Seven Quiet Lanterns, twice seven quiet lanterns")).toBe("it's ******, twice ******");
    expect(secrets.blank("'seven quiet lante'")).toBe("'******'");
    expect(secrets.blank('a short registry')).toBe('a ****** registry');
    expect(secrets.blank('seven quiet')).toBe('seven quiet');
  });
});
