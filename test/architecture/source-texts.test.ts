import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

/** All TypeScript files of the workspaces' `src` folders, as paths from the root. */
function sources(): string[] {
  return ['apps', 'packages'].flatMap((kind) =>
    readdirSync(join(root, kind)).flatMap((workspace) => {
      const folder = join(kind, workspace, 'src');
      return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.tsx?$/.test(name))
        .map((name) => join(folder, name));
    }),
  );
}

/** Those that are no test code. */
const shipped = () => sources().filter((path) => !/(\.(test|suite)\.tsx?$|\/test-[^/]+$)/.test(path));

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Hosts of http(s) links in string literals and templates; comments do not count, `https://${host}` names no host. */
function outsideHosts(path: string, text: string): string[] {
  const hosts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      for (const [, host = ''] of node.text.matchAll(/https?:\/\/(\[[^\]]*\]|[^\s/:?#'"`)]+)/gi)) hosts.push(host);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return hosts.filter((host) => !inside.test(host));
}

/** This machine, names that can be nobody's (RFC 2606, RFC 6761, ICANN's .internal), and names that only identify. */
const inside =
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\]|([\w-]+\.)*(internal|example|test|invalid|localhost)|json-schema\.org|containerregistry\.azure\.net)$/i;

describe('the source texts', () => {
  it('are there to be looked at', () => {
    expect(sources().length).toBeGreaterThanOrEqual(100);
  });

  it('are files of at most 500 lines', () => {
    const written = sources().filter((path) => path !== 'apps/portal/src/api/schema.d.ts'); // made from the API's description
    const long = written.filter((path) => read(path).split('\n').length > 501);
    expect(long).toEqual([]);
  });

  it('send nobody to a host outside: an offline site could not open it', () => {
    const found = shipped().flatMap((path) => outsideHosts(path, read(path)).map((host) => `${path}: ${host}`));
    expect(found).toEqual([]);
  });

  it('call nobody but through the one way out: what could is not even named elsewhere', () => {
    const calling =
      /\bfetch\(|\bnew (?:WebSocket|EventSource)\(|\b(?:net|tls|http|https)\.(?:connect|createConnection|request|get)\(/;
    // The portal calls from a browser, which its policy holds to this site's hosts (test/e2e looks at every request).
    // The command line calls whom its user names; a border keeps its transport from the server (.dependency-cruiser.cjs).
    const client = [
      'apps/cli/src/site/http.ts',
      'packages/oci/src/registry/fetch-transport.ts',
      'packages/oci/src/registry/node-http.ts',
    ];
    const ways = ['apps/registry/src/outbound/', 'apps/portal/', ...client];
    const elsewhere = shipped().filter((path) => !ways.some((way) => path.startsWith(way)));
    expect(elsewhere.filter((path) => calling.test(read(path)))).toEqual([]);
    expect(calling.test('const answer = await fetch(url)')).toBe(true);
    expect(calling.test("import { createServer } from 'node:net'")).toBe(false);
  });

  it('would be caught if they did', () => {
    const planted = `
      throw new Error('see https://aka.ms/acr/errors');
      const a = \`look at http://docs.docker.com/\${x} and \${y} or https://[fd00::1]:5/\`;
      // https://comment.example.com is no code
      const b = \`https://\${host}:443/\`;
      const c = "http://127.0.0.1:5000 https://portal.local.holdfast.internal";
      const d = /https:\\/\\/x.com/;
    `;
    expect(outsideHosts('planted.ts', planted)).toEqual(['aka.ms', 'docs.docker.com', '[fd00::1]']);
  });
});
