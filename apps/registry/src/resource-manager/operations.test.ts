import { describe, expect, it } from 'vitest';
import { FakeClock } from '../platform/clock.ts';
import { systemIds } from '../platform/ids.ts';
import { Operations } from './operations.ts';

const hour = 3_600_000;

function started() {
  const clock = new FakeClock();
  return { clock, operations: new Operations({ clock, ids: systemIds }) };
}

describe('an operation', () => {
  it('runs until its work ends, and then has its result', async () => {
    const { operations } = started();
    let end = () => {};
    const good = operations.start(
      'me',
      () =>
        new Promise<void>((resolve) => {
          end = resolve;
        }),
    );
    expect(good.state()).toEqual({ running: true });
    end();
    await good.done;
    expect(good.state()).toEqual({ running: false });
    const bad = operations.start('me', async () => {
      throw new Error('why');
    });
    await bad.done;
    expect(bad.state()).toEqual({ running: false, error: new Error('why') });
  });

  it('is found by whoever started it, and by nobody else', async () => {
    const { operations } = started();
    const { id, done } = operations.start('me', async () => undefined);
    await done;
    expect(operations.find(id, 'me').id).toBe(id);
    expect(() => operations.find(id, 'you')).toThrow('no operation');
    expect(() => operations.find('unknown', 'me')).toThrow('no operation');
  });

  it('is forgotten an hour after its end, but not while it runs', async () => {
    const { clock, operations } = started();
    const ended = operations.start('me', async () => undefined);
    const running = operations.start('me', () => new Promise(() => undefined));
    await ended.done;
    clock.advance(hour + 1);
    operations.start('me', async () => undefined);
    expect(() => operations.find(ended.id, 'me')).toThrow('no operation');
    expect(operations.find(running.id, 'me').state().running).toBe(true);
  });

  it('waits its turn when many run', async () => {
    const { operations } = started();
    const ends: (() => void)[] = [];
    const start = () => operations.start('me', () => new Promise<void>((resolve) => void ends.push(resolve)));
    const first = start();
    for (let i = 1; i < 16; i++) start();
    expect(start).toThrow('16 imports and deployments are under way');
    ends[0]?.();
    await first.done;
    expect(start).not.toThrow();
  });

  it('is ended by the end of the server, which waits for it', async () => {
    const { operations } = started();
    const operation = operations.start(
      'me',
      (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason), { once: true });
        }),
    );
    await operations.stop();
    expect(operation.state()).toMatchObject({ running: false, error: { code: 'server.unavailable' } });
  });
});
