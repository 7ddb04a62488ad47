import { describe, expect, it } from 'vitest';
import { parseList, parsePattern, select } from './select.ts';
import { memorySource } from './test-bundle.ts';

const source = memorySource();
for (const tag of ['1.0.0', 'v1.2.0', '1.3.0-rc.1', '2.0.0', 'latest']) source.image('team/app', tag);
source.image('team/deep/db', '1.0.0');
source.image('charts/app', '1.2.3_build');

const chosen = async (...patterns: string[]) =>
  (await select(source, patterns.map(parsePattern))).map(({ repository, tag }) => `${repository}:${tag}`);

describe('what a bundle shall have', () => {
  it.each<[string, string[]]>([
    ['team/app:latest', ['team/app:latest']],
    ['team/app:^1', ['team/app:1.0.0', 'team/app:v1.2.0']],
    ['team/app:>=1.2 <2.1', ['team/app:v1.2.0', 'team/app:2.0.0']],
    ['team/app:1.*', ['team/app:1.0.0', 'team/app:1.3.0-rc.1']],
    ['team/*:1.0.0', ['team/app:1.0.0']],
    ['**:1.0.0', ['team/app:1.0.0', 'team/deep/db:1.0.0']],
    ['charts/app:~1.2', ['charts/app:1.2.3_build']],
  ])('%s', async (pattern, expected) => {
    const found = await chosen(pattern);
    expect(found.filter((name) => expected.includes(name))).toEqual(expected);
    if (!pattern.startsWith('*') && !pattern.startsWith('team/*')) expect(found).toEqual(expected);
  });

  it('is refused when it names nothing, or is no name', async () => {
    await expect(chosen('team/app:^9')).rejects.toThrow(/names nothing/);
    expect(() => parsePattern('Team/App')).toThrow(/is no image/);
    expect(() => parsePattern('app@sha256:12')).toThrow(/is no image/);
    expect(() => parsePattern('app:a b')).toThrow();
  });

  it('may be a list with remarks, or what a cluster runs', () => {
    expect(parseList('# ours\nteam/app:^1 # stable\n\nhost:5000/x:1\n').map(({ text }) => text)).toEqual([
      'team/app:^1',
      'host:5000/x:1',
    ]);
    const spec = {
      containers: [{ image: 'r.example/a:1' }, { image: 'b' }],
      initContainers: [{ image: 'r.example/a:1' }],
    };
    const found = parseList(JSON.stringify({ items: [{ spec }] }));
    expect(found.map(({ host, repository, tags }) => [host, repository, tags?.text])).toEqual([
      ['r.example', 'a', '1'],
      [undefined, 'b', 'latest'],
    ]);
  });
});
