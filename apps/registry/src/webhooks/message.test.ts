import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { composeMessage } from './message.ts';

const content =
  '{"id":"e1","timestamp":"2026-11-17T16:52:01.343Z","action":"push","target":{"repository":"app","digest":"sha256:ab","tag":"v1"}}';
const compose = (customHeaders: Record<string, string>, text = content) =>
  composeMessage({ serviceUri: 'https://hooks.example/', customHeaders }, text, 'registry.azsacr.local.example');

describe('a message', () => {
  it('is what Azure sends when nothing else is asked for', () => {
    expect(compose({ 'X-Team': 'a' })).toEqual({
      headers: { 'Content-Type': 'application/json', 'X-Team': 'a' },
      body: content,
    });
  });

  it('never has the options among its headers, however they are spelled', () => {
    const { headers } = compose({ 'X-Holdfast-Untag': 'on', 'x-holdfast-signing-secret': 'SECRET SECRET SECRET' });
    expect(Object.keys(headers).sort()).toEqual(['Content-Type', 'X-Holdfast-Signature-256']);
    expect(JSON.stringify(headers)).not.toContain('SECRET');
  });

  it('is signed over the bytes of its body', () => {
    const secret = 'a secret of many letters';
    for (const format of ['azure', 'cloudevents']) {
      const { headers, body } = compose({ 'x-holdfast-signing-secret': secret, 'x-holdfast-format': format });
      const expected = createHmac('sha256', secret).update(Buffer.from(body)).digest('hex');
      expect(headers['X-Holdfast-Signature-256']).toBe(`sha256=${expected}`);
    }
  });

  it('has the signature that every other HMAC-SHA256 computes', () => {
    // printf '{"id":"e"}' | openssl dgst -sha256 -hmac 'key key key key key'
    const { headers } = compose({ 'x-holdfast-signing-secret': 'key key key key key' }, '{"id":"e"}');
    expect(headers['X-Holdfast-Signature-256']).toBe(
      'sha256=82b032dc4e9d0c42f453ab3456de295f177aab8c48ef2cc66e24db7cdb634855',
    );
  });

  it('is a CloudEvent of version 1.0 in structured mode when that is asked for', () => {
    const { headers, body } = compose({ 'x-holdfast-format': 'CloudEvents' });
    expect(headers['Content-Type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(JSON.parse(body)).toEqual({
      specversion: '1.0',
      id: 'e1',
      source: 'https://registry.azsacr.local.example',
      type: 'Microsoft.ContainerRegistry.ImagePushed',
      subject: 'app:v1',
      time: '2026-11-17T16:52:01.343Z',
      datacontenttype: 'application/json',
      data: JSON.parse(content),
    });
  });

  it.each([
    ['delete', { repository: 'app', digest: 'sha256:ab' }, 'Microsoft.ContainerRegistry.ImageDeleted', 'app@sha256:ab'],
    ['untag', { repository: 'app', digest: 'sha256:ab', tag: 'v1' }, 'holdfast.image.untagged', 'app:v1'],
    ['quarantine', { repository: 'app', digest: 'sha256:ab', tag: 'v1' }, 'holdfast.image.quarantined', 'app:v1'],
    ['ping', undefined, 'holdfast.webhook.ping', undefined],
  ])('as a CloudEvent says of %s what it is about', (action, target, type, subject) => {
    const text = JSON.stringify({ id: 'e1', timestamp: '2026-11-17T16:52:01.343Z', action, target });
    const { body } = compose({ 'x-holdfast-format': 'cloudevents' }, text);
    const event = JSON.parse(body) as { type: string; subject?: string };
    expect([event.type, event.subject]).toEqual([type, subject]);
  });
});
