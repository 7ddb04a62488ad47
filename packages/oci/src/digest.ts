/** `algorithm:hex` with a registered algorithm, for example `sha256:…` (64 lower-case hex digits). */
export type Digest = string & { readonly __brand: 'Digest' };
export type DigestAlgorithm = 'sha256' | 'sha512';
