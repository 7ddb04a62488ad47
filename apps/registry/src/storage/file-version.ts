import type { Stats } from 'node:fs';

/**
 * Tells the bytes of one file apart from those that replaced them (another inode) or that were changed in place (other
 * times). The time of the last change of the inode is in it, because nobody can set it back; a further hard link changes it as well,
 * which costs a second look at the bytes and nothing else.
 */
export function versionOf({ dev, ino, size, mtimeMs, ctimeMs }: Stats): string {
  return `${dev}:${ino}:${size}:${mtimeMs}:${ctimeMs}`;
}
