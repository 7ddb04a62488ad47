import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { digestOf } from '@holdfast/oci/digest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pushImage, pushIndex, type TestImage } from '../../apps/registry/src/distribution/test-content.ts';
import { CommandLine } from '../support/command-line.ts';
import { startRegistry, type TestRegistry } from '../support/start-registry.ts';

let site: TestRegistry;
let cli: CommandLine;
let harbor: Harbor;
let target: string[];
beforeAll(async () => {
  site = await startRegistry();
  cli = new CommandLine();
  harbor = await Harbor.start();
  target = [new URL(site.http).host, '-u', site.username, '-p', site.password];
});
afterAll(async () => {
  cli.remove();
  harbor.server.close();
  await site.stop();
});

const SECRET = `Basic ${Buffer.from('robot$puller:s3cret').toString('base64')}`;

/**
 * What Harbor answers to a robot of one project: its list of all repositories is for administrators.
 * https://github.com/goharbor/harbor/blob/main/api/v2.0/swagger.yaml
 */
class Harbor {
  readonly server: Server;
  readonly image = Buffer.from(
    '{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}',
  );
  readonly asked: string[] = [];
  readonly secrets = new Set<string>();

  private constructor() {
    this.server = createServer((request, response) => {
      const { url = '', headers } = request;
      this.asked.push(url);
      if (headers.authorization) this.secrets.add(headers.authorization);
      const json = (status: number, body: unknown) => response.writeHead(status).end(JSON.stringify(body));
      if (headers.authorization !== SECRET) {
        if (url.startsWith('/api/v2.0/projects?')) return json(200, []); // the public ones
        response.setHeader('WWW-Authenticate', 'Basic realm="harbor"');
        return json(401, { errors: [{ code: 'UNAUTHORIZED', message: 'sign in' }] });
      }
      if (url.startsWith('/v2/_catalog'))
        return json(401, { errors: [{ code: 'UNAUTHORIZED', message: 'admins only' }] });
      if (url.startsWith('/api/v2.0/projects?')) return json(200, url.includes('page=1&') ? [{ name: 'team' }] : []);
      if (url.startsWith('/api/v2.0/projects/team/repositories?')) return json(200, this.#page(url));
      if (url.includes('/tags/list')) return json(200, { tags: ['v1'] });
      if (url.includes('/manifests/')) {
        if (url.includes('/manifests/sha256')) return json(404, {});
        response.setHeader('Content-Type', 'application/vnd.oci.image.index.v1+json');
        return response.writeHead(200).end(this.image);
      }
      return json(404, {});
    });
  }

  /** 101 repositories, so that there is a second page. */
  #page(url: string) {
    const all = Array.from({ length: 101 }, (_, i) => ({ name: `team/app/${i}` }));
    const page = Number(/page=(\d+)/.exec(url)?.[1]);
    return all.slice((page - 1) * 100, page * 100);
  }

  static async start(): Promise<Harbor> {
    const harbor = new Harbor();
    harbor.server.listen(0, '127.0.0.1');
    await once(harbor.server, 'listening');
    return harbor;
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

interface Report {
  readonly images: number;
  readonly copied: number;
  readonly manifests: number;
  readonly differences: readonly unknown[];
  readonly list: readonly { to: string; tag: string; digest: string; state: string }[];
}

describe('holdfast import-registry', () => {
  it("asks Harbor's own API where its list of repositories is refused, page by page, and renames what comes", async () => {
    cli.env.HOLDFAST_SOURCE_USERNAME = 'robot$puller';
    cli.env.HOLDFAST_SOURCE_PASSWORD = 's3cret';
    const report = join(cli.home, 'report.json');
    const names = ['--prefix', 'harbor/', '--strip-prefix', 'team/', '--exclude', 'team/app/7'];
    const ended = await cli.run('import-registry', harbor.host, ...target, ...names, '--report', report);
    expect([ended.status, ended.stderr]).toEqual([0, expect.stringContaining('All 100 images are the same')]);
    const { list, ...counts } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    expect(counts).toMatchObject({ images: 100, copied: 100, differences: [] });
    expect(list.map(({ to }) => to)).not.toContain('harbor/app/7');
    expect((await site.ask('GET', '/v2/harbor/app/100/manifests/v1')).body).toEqual(harbor.image);
  });

  it('tells the first refusal when nobody lists the repositories, and never shows the source the secret of the target', async () => {
    cli.env.HOLDFAST_SOURCE_USERNAME = '';
    delete cli.env.HOLDFAST_SOURCE_USERNAME;
    delete cli.env.HOLDFAST_SOURCE_PASSWORD;
    cli.env.HOLDFAST_REGISTRY_USERNAME = site.username;
    cli.env.HOLDFAST_REGISTRY_PASSWORD = site.password;
    harbor.asked.length = 0;
    harbor.secrets.clear();
    const ended = await cli.run('import-registry', harbor.host, ...target);
    expect([ended.status, ended.stderr]).toEqual([1, expect.stringContaining('asks for a user name and a password')]);
    expect(harbor.asked).toEqual(['/v2/', '/v2/_catalog?n=1000', expect.stringContaining('/api/v2.0/projects?')]);
    expect([...harbor.secrets]).toEqual([]);
  });

  it('reads an OCI layout, whose images have tags alone, and ends with 3 when nothing fits', async () => {
    const image: TestImage = await pushImage(site, 'made/app', { tag: 'one' });
    const index = await pushIndex(site, 'made/app', [image], { tag: 'multi' });
    const layout = join(cli.home, 'layout');
    const host = target[0] ?? '';
    for (const tag of ['one', 'multi']) await cli.text('pull', ...target.slice(1), `${host}/made/app:${tag}`, layout);
    const report = await cli.json<Report>('import-registry', layout, ...target, '--repository', 'moved/app');
    expect(report).toMatchObject({ images: 2, copied: 2, manifests: 2, differences: [] });
    expect(digestOf((await site.ask('GET', '/v2/moved/app/manifests/multi')).body)).toBe(index.digest);
    const none = await cli.run('import-registry', layout, ...target, '--repository', 'moved/app', '--include', 'x/*');
    expect([none.status, none.stderr]).toEqual([3, expect.stringContaining('names nothing')]);
  });
});
