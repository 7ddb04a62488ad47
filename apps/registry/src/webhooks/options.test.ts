import { describe, expect, it } from 'vitest';
import {
  keepsSigningSecret,
  MASK,
  optionsOf,
  problemOfOptions,
  secretsOf,
  withFormerSecret,
  withoutSigningSecret,
} from './options.ts';

const SECRET = 'sixteen letters!';

describe('the options of a webhook', () => {
  it('are off as long as nobody asks for them: a webhook is as on Azure', () => {
    const azure = { signingSecret: undefined, untag: false, deleteTags: false, format: 'azure' };
    expect(optionsOf({})).toEqual(azure);
    expect(optionsOf({ Authorization: 'x', 'X-Untag': 'on' })).toEqual(azure);
    expect(optionsOf({ 'x-holdfast-untag': 'off', 'x-holdfast-format': 'azure' })).toEqual(azure);
  });

  it('are headers of reserved names, in any spelling', () => {
    const headers = {
      'X-Holdfast-Signing-Secret': SECRET,
      'X-HOLDFAST-UNTAG': 'On',
      'x-holdfast-delete-tags': 'on',
      'X-Holdfast-Format': 'CloudEvents',
    };
    expect(problemOfOptions(headers)).toBeUndefined();
    expect(optionsOf(headers)).toEqual({ signingSecret: SECRET, untag: true, deleteTags: true, format: 'cloudevents' });
  });

  it.each([
    [{ 'x-holdfast-colour': 'blue' }, 'x-holdfast-format'],
    [{ 'x-holdfast-signature-256': 'sha256=ab' }, 'x-holdfast-signing-secret'],
    [{ 'x-holdfast-untag': 'yes' }, 'on or off'],
    [{ 'x-holdfast-format': 'slack' }, 'azure or cloudevents'],
    [{ 'x-holdfast-signing-secret': 'short' }, 'at least 16'],
    [{ 'x-holdfast-signing-secret': MASK }, 'at least 16'],
    [{ 'x-holdfast-untag': 'on', 'X-Holdfast-Untag': 'off' }, 'once'],
  ])('are refused when they are none: %j', (headers, text) => {
    expect(problemOfOptions(headers as Record<string, string>)).toContain(text);
  });
});

describe('the signing secret', () => {
  const headers = { 'X-Holdfast-Signing-Secret': SECRET, Authorization: 'Bearer x' };

  it('is not shown to anybody; who sends back what was shown keeps it', () => {
    const shown = withoutSigningSecret(headers);
    expect(shown).toEqual({ 'X-Holdfast-Signing-Secret': MASK, Authorization: 'Bearer x' });
    expect(keepsSigningSecret(shown)).toBe(true);
    expect(withFormerSecret(shown, headers)).toEqual(headers);
    expect(withFormerSecret(shown, {})).toEqual(shown);
    const renewed = { 'x-holdfast-signing-secret': 'another secret that is long' };
    expect(keepsSigningSecret(renewed)).toBe(false);
    expect(withFormerSecret(renewed, headers)).toEqual(renewed);
  });

  it('is taken out of texts, and so are the values of headers that are sent; the words of options are not', () => {
    expect(secretsOf({ ...headers, 'x-holdfast-format': 'cloudevents' })).toEqual([SECRET, 'Bearer x']);
  });
});
