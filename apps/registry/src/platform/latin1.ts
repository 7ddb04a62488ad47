/**
 * Bytes up to here are sent as text: Node joins it with the head of the answer, and writes bytes as a second vector, a fifth slower for a
 * small one. Larger ones would be copied more than that saves: 4 MiB took twice the CPU time as text (ADR 0008).
 */
export const TEXT_BYTES = 16 * 1024;

/** The same bytes as text: latin1 has one character for each byte. */
export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
