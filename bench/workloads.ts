/** The table of issue 3: what is measured, and what it shall reach. */
import type { Job } from './jobs.ts';
import type { Target } from './results.ts';

export const REPOSITORY = {
  blobs: 'bench/blobs',
  pushes: 'bench/pushes',
  manifests: 'bench/manifests',
  tags: 'bench/tags',
};

/** Everything that makes the full run long; `--quick` makes it small. */
export interface Sizes {
  readonly mib: number;
  readonly small: number;
  readonly large: number;
  readonly huge: number;
  readonly chunk: number;
  readonly seconds: number;
  readonly listed: number;
  readonly manifests: number;
  readonly page: number;
  readonly walkPage: number;
  readonly parallel: number;
  readonly parallelBytes: number;
  readonly idleMs: number;
  readonly levels: readonly number[];
}

const MIB = 1024 * 1024;
export const FULL: Sizes = {
  mib: MIB,
  small: MIB,
  large: 64 * MIB,
  huge: 1024 * MIB,
  chunk: 16 * MIB,
  seconds: 3,
  listed: 10_000,
  manifests: 20_000,
  page: 100,
  walkPage: 1000,
  parallel: 100,
  parallelBytes: 100e6,
  idleMs: 3000,
  levels: [10_000, 100_000, 1_000_000],
};
export const QUICK: Sizes = {
  ...FULL,
  small: 64 * 1024,
  large: MIB,
  huge: 3 * MIB,
  chunk: 400_000,
  seconds: 0.1,
  listed: 120,
  manifests: 200,
  page: 10,
  walkPage: 50,
  parallel: 8,
  parallelBytes: 1e6,
  idleMs: 200,
  levels: [1000, 3000],
};

/** What must be in a registry before its workload runs. */
export interface Fixture {
  readonly small: readonly string[];
  readonly large: readonly string[];
  readonly huge: readonly string[];
  /** The blobs that manifests name. */
  readonly layers: readonly string[];
  readonly manifests: readonly string[];
  /** The manifest that others are made of. */
  readonly template: string;
}
export type Need = 'small' | 'large' | 'huge' | 'manifests' | 'tags' | 'catalog';

export interface Workload {
  readonly id: string;
  readonly group: 'pull' | 'push' | 'manifest' | 'list';
  readonly title: string;
  readonly unit: 'GB/s' | 'requests/s' | 'ms';
  readonly target: Target;
  readonly needs: readonly Need[];
  readonly job: (fixture: Fixture, sizes: Sizes) => Job;
}

function pulls(): Workload[] {
  const rows: [size: 'large' | 'huge' | 'small', title: string, connections: number, target: Target][] = [
    ['large', '64 MiB', 1, { ratio: 1.6, cpu: 0.7 }],
    ['large', '64 MiB', 4, { ratio: 1.4, cpu: 0.7 }],
    ['large', '64 MiB', 16, { ratio: 1.2, cpu: 0.7 }],
    ['huge', '1 GiB', 1, { ratio: 1.5, cpu: 0.75 }],
    ['huge', '1 GiB', 4, { ratio: 1.1, cpu: 0.75 }],
    ['huge', '1 GiB', 16, { ratio: 1.1, cpu: 0.75 }],
    ['small', '1 MiB', 1, { ratio: 3 }],
    ['small', '1 MiB', 4, { ratio: 4 }],
  ];
  return rows.map(([size, title, connections, target]) => ({
    id: `blob-get-${title.replace(' ', '').toLowerCase()}-c${connections}`,
    group: 'pull',
    title: `blob GET ${title}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    unit: 'GB/s',
    target,
    needs: [size],
    job: (fixture, sizes) => ({
      kind: 'requests',
      method: 'GET',
      paths: fixture[size].map((digest) => `/v2/${REPOSITORY.blobs}/blobs/${digest}`),
      bodyBytes: sizes[size],
      connections,
      seconds: sizes.seconds,
    }),
  }));
}

function pushes(): Workload[] {
  type Way = 'monolithic' | 'chunked' | 'then pulled';
  const rows: [size: 'large' | 'huge', title: string, way: Way, parallel: number, count: number, target: Target][] = [
    ['large', '64 MiB', 'monolithic', 1, 8, { ratio: 1.6 }],
    ['large', '64 MiB', 'monolithic', 4, 16, { ratio: 1.35 }],
    ['large', '64 MiB', 'chunked', 1, 8, { ratio: 1.5 }],
    ['large', '64 MiB', 'chunked', 4, 16, { ratio: 1.2 }],
    ['huge', '1 GiB', 'monolithic', 1, 2, { ratio: 1.5, cpu: 0.85 }],
    ['huge', '1 GiB', 'monolithic', 4, 4, { ratio: 1.4, cpu: 0.85 }],
    ['huge', '1 GiB', 'chunked', 1, 2, { ratio: 1.5, cpu: 0.85 }],
    ['huge', '1 GiB', 'chunked', 4, 4, { ratio: 1.4, cpu: 0.85 }],
    ['large', '64 MiB', 'then pulled', 1, 8, { ratio: 1.3 }],
    ['large', '64 MiB', 'then pulled', 4, 16, { ratio: 1.3 }],
  ];
  return rows.map(([size, title, way, parallel, count, target]) => ({
    id: `blob-push-${title.replace(' ', '').toLowerCase()}-${way.replace(' ', '-')}-p${parallel}`,
    group: 'push',
    title:
      way === 'then pulled'
        ? `push ${title} and at once its first pull, ${parallel} parallel`
        : `blob push ${title} ${way}, ${parallel} parallel`,
    unit: 'GB/s',
    target,
    needs: [],
    job: (_, sizes) => ({
      kind: 'push',
      repository: REPOSITORY.pushes,
      bytes: sizes[size],
      chunkBytes: way === 'chunked' ? sizes.chunk : undefined,
      count,
      connections: parallel,
      thenPull: way === 'then pulled',
    }),
  }));
}

function manifests(): Workload[] {
  const at = `/v2/${REPOSITORY.manifests}`;
  const accept = 'application/vnd.oci.image.manifest.v1+json';
  const kinds: [id: string, title: string, method: 'GET' | 'HEAD', paths: (fixture: Fixture) => string[]][] = [
    ['manifest-get-tag', 'manifest GET by tag', 'GET', (f) => f.manifests.map((_, i) => `${at}/manifests/t${i}`)],
    ['manifest-get-digest', 'manifest GET by digest', 'GET', (f) => f.manifests.map((d) => `${at}/manifests/${d}`)],
    ['manifest-head-tag', 'manifest HEAD by tag', 'HEAD', (f) => f.manifests.map((_, i) => `${at}/manifests/t${i}`)],
    ['manifest-head-digest', 'manifest HEAD by digest', 'HEAD', (f) => f.manifests.map((d) => `${at}/manifests/${d}`)],
    ['blob-head', 'blob HEAD', 'HEAD', (f) => f.layers.map((d) => `${at}/blobs/${d}`)],
  ];
  const reads = kinds.flatMap(([id, title, method, paths]) =>
    [1, 16, 64].map(
      (connections): Workload => ({
        id: `${id}-c${connections}`,
        group: 'manifest',
        title: `${title}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
        unit: 'requests/s',
        target: { ratio: connections === 1 ? 6 : 10 },
        needs: ['manifests'],
        job: (fixture, sizes) => ({
          kind: 'requests',
          method,
          paths: paths(fixture),
          accept,
          connections,
          seconds: sizes.seconds,
        }),
      }),
    ),
  );
  const puts = [1, 16].map(
    (connections): Workload => ({
      id: `manifest-put-c${connections}`,
      group: 'manifest',
      title: `manifest PUT, ${connections} ${connections === 1 ? 'connection' : 'connections'}`,
      unit: 'requests/s',
      target: { ratio: connections === 1 ? 4 : 7 },
      needs: ['manifests'],
      job: (fixture, sizes) => ({
        kind: 'put-manifests',
        repository: REPOSITORY.manifests,
        manifest: fixture.template,
        connections,
        seconds: sizes.seconds,
        most: sizes.manifests,
      }),
    }),
  );
  return [...reads, ...puts];
}

function lists(): Workload[] {
  const middle = (s: Sizes) => String(Math.floor(s.listed / 2)).padStart(5, '0');
  const tags = `/v2/${REPOSITORY.tags}/tags/list`;
  const rows: [id: string, title: string, ratio: number, need: Need, path: (sizes: Sizes) => string, walk?: true][] = [
    ['catalog-first', '_catalog, first page of 100', 100, 'catalog', (s) => `/v2/_catalog?n=${s.page}`],
    [
      'catalog-middle',
      '_catalog, page of 100 from the middle',
      100,
      'catalog',
      (s) => `/v2/_catalog?n=${s.page}&last=catalog/r${middle(s)}`,
    ],
    [
      'catalog-walk',
      '_catalog, all 10 k in pages of 1000',
      100,
      'catalog',
      (s) => `/v2/_catalog?n=${s.walkPage}`,
      true,
    ],
    ['tags-page', 'tags/list, page of 100 of 10 k', 25, 'tags', (s) => `${tags}?n=${s.page}&last=t${middle(s)}`],
    ['tags-full', 'tags/list, all 10 k', 3, 'tags', () => tags],
  ];
  return rows.map(([id, title, ratio, need, path, walk]) => ({
    id,
    group: 'list',
    title,
    unit: 'ms',
    target: { ratio },
    needs: [need],
    job: (_, sizes) =>
      walk
        ? { kind: 'walk', path: path(sizes), seconds: sizes.seconds }
        : { kind: 'requests', method: 'GET', paths: [path(sizes)], connections: 1, seconds: sizes.seconds },
  }));
}

export const workloads: readonly Workload[] = [...pulls(), ...pushes(), ...manifests(), ...lists()];
