import { expect } from 'vitest';
import type { Answer } from '../../support/http-client.ts';

const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Every answer carries an id to find it by in the log; every refusal is the OCI envelope. Answers the first error's code. */
export function envelopeOf(answer: Answer, head = false): string {
  expect(answer.header('X-Ms-Correlation-Request-Id'), `${answer.status}`).toMatch(GUID);
  if (answer.status < 400 || head) return '';
  expect(answer.header('Content-Type')).toBe('application/json; charset=utf-8');
  const { errors } = answer.json<{ errors: { code: string; message: string }[] }>();
  expect(errors).toHaveLength(1);
  expect(errors[0]?.code).toMatch(/^[A-Z_]+$/);
  expect(errors[0]?.message).not.toBe('');
  return errors[0]?.code ?? '';
}

/** An answer without what legitimately differs from one to the next. */
export function comparable(answer: Answer, ...names: readonly string[]): string {
  const headers = answer.rawHeaders.map((text, i) =>
    /^(?:date|x-ms-correlation-request-id)$/i.test(answer.rawHeaders[i - 1] ?? '') ? '' : text,
  );
  const body = answer.text.replace(/\(correlation id [0-9a-f-]{36}\)/, '');
  const text = `${answer.status} ${headers.join('|')} ${body}`;
  return names.reduce((so, name) => so.replaceAll(name, '<name>'), text);
}
