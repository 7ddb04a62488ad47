// Who may import whom: section 4 of the architecture. Type-only imports count. Run by tools/check.ts and, with a floor
// for the number of modules, by test/architecture/borders.test.ts.

const registry = '^apps/registry/src/';

/** What each room of the server (and each package) may import besides itself. */
const mayImport = {
  platform: [],
  config: ['platform'],
  telemetry: ['platform'],
  storage: ['platform', 'oci'],
  // The port of storage only, for what an upload's row keeps; `ports-only` sees to that.
  metadata: ['platform', 'oci', 'storage'],
  access: ['platform', 'oci', 'metadata'],
  quota: ['platform', 'oci', 'metadata'],
  audit: ['platform', 'metadata'],
  outbound: ['platform'],
  webhooks: ['platform', 'oci', 'metadata', 'outbound', 'telemetry'],
  identity: ['platform', 'contracts', 'access', 'metadata'],
  graph: ['platform', 'contracts', 'access', 'identity', 'metadata'],
  token: ['platform', 'oci', 'contracts', 'access', 'identity', 'metadata'],
  integrity: ['platform', 'oci', 'metadata', 'storage'],
  // A whole site into a folder and back: it knows the ports, and the names of the data folder's files.
  backup: ['platform', 'oci', 'metadata', 'storage'],
  // What holds for content whichever way it is changed: by /v2, by /acr/v1, by an import, by a job.
  content: ['platform', 'oci', 'metadata'],
  distribution: [
    'platform',
    'oci',
    'contracts',
    'access',
    'audit',
    'content',
    'integrity',
    'metadata',
    'quota',
    'storage',
    'webhooks',
  ],
  import: [
    'platform',
    'oci',
    'access',
    'content',
    'distribution',
    'integrity',
    'metadata',
    'outbound',
    'quota',
    'storage',
  ],
  // The other face of what distribution holds: it deletes and lists by the same operations.
  'metadata-api': [
    'platform',
    'oci',
    'contracts',
    'access',
    'audit',
    'content',
    'distribution',
    'metadata',
    'quota',
    'webhooks',
  ],
  jobs: [
    'platform',
    'oci',
    'access',
    'audit',
    'content',
    'integrity',
    'metadata',
    'quota',
    'storage',
    'telemetry',
    'webhooks',
  ],
  // What an operator would have to mend.
  health: ['platform', 'metadata'],
  // The transfer station: what comes in, comes in by distribution, as a push of the same caller would.
  bundle: [
    'platform',
    'oci',
    'bundle-format',
    'contracts',
    'access',
    'content',
    'distribution',
    'identity',
    'integrity',
    'metadata',
    'quota',
    'storage',
  ],
  // What the scanner that the operator registered is asked, and what is believed of its answers.
  scanner: ['platform', 'oci', 'content', 'jobs', 'metadata', 'outbound', 'webhooks'],
  'resource-manager': [
    'platform',
    'oci',
    'contracts',
    'access',
    'audit',
    'health',
    'identity',
    'import',
    'jobs',
    'metadata',
    'quota',
    'webhooks',
  ],
  portal: ['platform'],
  http: ['platform', 'oci', 'contracts', 'access', 'config', 'identity', 'metadata', 'storage', 'telemetry', 'token'],
};

/** Only these rooms may use these libraries: each wraps one, and can be given another without the others noticing. */
const libraries = {
  yaml: ['config'],
  typebox: ['config'],
  pino: ['telemetry'],
  'prom-client': ['telemetry'],
  jose: ['token', 'identity'],
  pg: ['metadata'],
  '@azure': ['storage/[^/]+'],
  '@aws-sdk': ['storage/[^/]+'],
};

// Tests use whatever they test with; but see `tests-stay-outside`.
const testCode = '(\\.(test|suite)\\.ts$|/test-[^/]+\\.ts$|/suite/)';
const routes = '^apps/registry/src/[^/]+/(routes\\.ts$|routes/)';
const packages = { oci: 'oci', contracts: 'contracts', 'bundle-format': 'bundle' };
const folder = (name) => (packages[name] ? `^packages/${packages[name]}/src/` : `${registry}${name}/`);

const rooms = Object.entries(mayImport).map(([room, others]) => ({
  name: `room-${room}`,
  comment: `${room} may import ${others.join(', ') || 'nothing'} only.`,
  severity: 'error',
  from: { path: folder(room), pathNot: [testCode, routes] },
  to: {
    path: '^(apps|packages)/',
    pathNot: [room, ...others].map(folder).concat(
      // The planes put together what the domains publish: their routes, and the shape of what those need.
      room === 'http' ? `${registry}[^/]+/(routes|context|[a-z-]+-endpoint)\\.ts$` : [],
    ),
  },
}));

const routeRooms = Object.entries(mayImport).map(([room, others]) => ({
  name: `routes-of-${room}`,
  comment: `Routes of ${room} may import http besides ${others.join(', ')}.`,
  severity: 'error',
  from: { path: `${registry}${room}/(routes\\.ts$|routes/)`, pathNot: testCode },
  to: { path: '^(apps|packages)/', pathNot: [room, 'http', ...others].map(folder) },
}));

const libraryRooms = Object.entries(libraries).map(([library, users]) => ({
  name: `library-${library}`,
  severity: 'error',
  from: { path: registry, pathNot: [testCode, ...users.map((user) => `${registry}${user}/`)] },
  to: { path: `(^|/)node_modules/${library}/` },
}));

module.exports = {
  forbidden: [
    ...rooms,
    ...routeRooms,
    ...libraryRooms,
    {
      name: 'room-unknown',
      comment: 'A new folder under apps/registry/src needs its line in `mayImport` first.',
      severity: 'error',
      from: { path: `${registry}[^/]+/`, pathNot: `${registry}(${Object.keys(mayImport).join('|')}|commands)/` },
      to: {},
    },
    {
      name: 'ports-only',
      comment:
        'Drivers (storage/filesystem, metadata/sqlite, …) are named by create-registry.ts and open-data-folder.ts alone.',
      severity: 'error',
      from: {
        path: registry,
        pathNot: [testCode, `${registry}(create-registry|open-data-folder)\\.ts$`, `${registry}(storage|metadata)/`],
      },
      to: { path: `${registry}(storage|metadata)/[^/]+/` },
    },
    {
      name: 'drivers-apart',
      severity: 'error',
      from: { path: `${registry}(storage|metadata)/([^/]+)/`, pathNot: testCode },
      to: { path: `${registry}(storage|metadata)/[^/]+/`, pathNot: `${registry}$1/$2/` },
    },
    {
      name: 'root-is-not-imported',
      comment: 'main.ts and create-registry.ts put together; only the commands start from them.',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: [testCode, `${registry}commands/`] },
      to: { path: `${registry}(main|create-registry)\\.ts$` },
    },
    {
      name: 'portal-by-the-public-api',
      comment: 'The portal knows the description of the API, which its client is made from, and nothing of the server.',
      severity: 'error',
      from: { path: '^apps/portal/' },
      to: { path: '^(apps|packages)/', pathNot: '^apps/portal/' },
    },
    {
      name: 'nobody-imports-the-portal',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: '^apps/portal/' },
      to: { path: '^apps/portal/' },
    },
    {
      name: 'nobody-imports-apps',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '^apps/' },
    },
    {
      name: 'cli-imports-packages-only',
      comment: 'The command line speaks to a site as anybody does; site commands are the server’s own.',
      severity: 'error',
      from: { path: '^apps/cli/src/', pathNot: testCode },
      to: { path: '^(apps|packages)/', pathNot: '^(apps/cli|packages/(oci|bundle|contracts))/src/' },
    },
    {
      name: 'contracts-import-nothing',
      severity: 'error',
      from: { path: '^packages/contracts/src/', pathNot: testCode },
      to: { path: '^(apps|packages)/', pathNot: '^packages/contracts/src/' },
    },
    {
      name: 'oci-imports-contracts-only',
      severity: 'error',
      from: { path: '^packages/oci/src/', pathNot: testCode },
      to: { path: '^(apps|packages)/', pathNot: '^packages/(oci|contracts)/src/' },
    },
    {
      name: 'http-at-the-edge',
      severity: 'error',
      comment: 'Servers listen in http/, and outbound/ is the one way out: whoever calls another host is judged there.',
      from: {
        path: '^(apps/registry|packages)/',
        // Of the command line only: `server-calls-by-outbound`.
        pathNot: [testCode, `${registry}(http|outbound)/`, routes, '^packages/oci/src/registry/node-http\\.ts$'],
      },
      to: { path: '^(node:)?(http|https|http2)$' },
    },
    {
      name: 'one-way-out',
      comment: 'Routes answer requests and send none; names are resolved where addresses are judged.',
      severity: 'error',
      from: { path: '^(apps/registry|packages)/', pathNot: [testCode, `${registry}outbound/`] },
      to: { path: '^(node:)?(dns|dns/promises|dgram|undici)$' },
    },
    {
      name: 'server-calls-by-outbound',
      severity: 'error',
      comment: 'The command line calls whom its user names; the server judges every address first.',
      from: { path: registry, pathNot: testCode },
      to: { path: '^packages/oci/src/registry/(fetch-transport|node-http)\\.ts$' },
    },
    {
      name: 'bundle-imports-oci-and-contracts-only',
      severity: 'error',
      from: { path: '^packages/bundle/src/', pathNot: testCode },
      to: { path: '^(apps|packages)/', pathNot: '^packages/(bundle|oci|contracts)/src/' },
    },
    {
      name: 'sql-in-metadata',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: `${registry}metadata/` },
      to: { path: '^(node:)?sqlite$' },
    },
    {
      name: 'tests-stay-outside',
      comment: 'What ships never imports what tests.',
      severity: 'error',
      from: { path: '^(apps|packages)/', pathNot: testCode },
      to: { path: testCode },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared',
      comment: 'A package that ships is in dependencies, not in devDependencies or there by chance.',
      severity: 'error',
      // Of the portal its built files ship: nothing of it is a dependency of what runs.
      from: { path: '^(apps|packages)/[^/]+/src/', pathNot: [testCode, '^apps/portal/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true, // as http/ and outbound/ take node:http (ADR 0033)
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    combinedDependencies: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.cjs', '.d.mts', '.d.ts'],
    },
  },
};
