import { statfs } from 'node:fs/promises';

export interface DiskSpace {
  /** Bytes that this process may still write. */
  readonly free: number;
  readonly total: number;
}

/** Of the file system that holds the path. */
export async function diskSpace(path: string): Promise<DiskSpace> {
  const { bsize, bavail, blocks } = await statfs(path);
  return { free: bsize * bavail, total: bsize * blocks };
}
