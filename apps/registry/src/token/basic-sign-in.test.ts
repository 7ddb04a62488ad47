import { describe, expect, it } from 'vitest';
import { parseBasic } from './basic-sign-in.ts';

describe('parseBasic', () => {
  it('ends the user name at the first colon (RFC 7617, section 2)', () => {
    const parse = (text: string) => parseBasic(Buffer.from(text).toString('base64'));
    expect(parse('u:p:q')).toEqual({ username: 'u', password: 'p:q' });
    expect(parse(':')).toEqual({ username: '', password: '' });
    expect(parse('ü:pä')).toEqual({ username: 'ü', password: 'pä' });
    expect(parse('none')).toBeUndefined();
    expect(parseBasic('')).toBeUndefined();
  });
});
