import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  generateKey,
  issueAuthority,
  issueServerCertificate,
} from '../../../registry/src/http/tls/issue-certificate.ts';
import { systemIds } from '../../../registry/src/platform/ids.ts';

const DAY = 86_400_000;

export interface Pair {
  readonly key: string;
  readonly cert: string;
}

/** Days from now. */
interface Days {
  readonly from?: number;
  readonly to?: number;
}

/** A CA of a test's own, and servers' certificates by it. */
export class Authority {
  readonly pem: string;
  readonly #key: Awaited<ReturnType<typeof generateKey>>;

  private constructor(key: Awaited<ReturnType<typeof generateKey>>, pem: string) {
    this.#key = key;
    this.pem = pem;
  }

  static async make(): Promise<Authority> {
    const key = await generateKey();
    return new Authority(key, issueAuthority(key, validity({ from: -800, to: 3650 }), systemIds));
  }

  /** With the CA behind it, as Holdfast sends it. */
  async issue(name: string, days: Days = {}): Promise<Pair> {
    const key = await generateKey();
    const names = { dns: [name], ip: [] };
    const cert = issueServerCertificate({
      key,
      authorityKey: this.#key,
      names,
      validity: validity(days),
      ids: systemIds,
    });
    return { key: key.export({ type: 'pkcs8', format: 'pem' }).toString(), cert: `${cert}\n${this.pem}` };
  }
}

const validity = ({ from = -1, to = 300 }: Days) => ({
  from: new Date(Date.now() + from * DAY),
  to: new Date(Date.now() + to * DAY),
});

const openssl = (...words: string[]) => promisify(execFile)('openssl', words);
const P256 = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

/** A certificate that signed itself, for a server. */
export async function selfSigned(folder: string, name: string): Promise<Pair> {
  const [key, cert] = [join(folder, 'self.key'), join(folder, 'self.pem')];
  await openssl(
    'req',
    '-x509',
    ...P256,
    '-keyout',
    key,
    '-out',
    cert,
    '-days',
    '300',
    '-subj',
    `/CN=${name}`,
    '-addext',
    `subjectAltName=DNS:${name}`,
  );
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

/** A certificate of an intermediate CA, which the server forgets to send; `root` is the CA to trust. */
export async function withIntermediate(folder: string, name: string): Promise<Pair & { root: string; whole: string }> {
  const at = (file: string) => join(folder, file);
  await openssl(
    'req',
    '-x509',
    ...P256,
    '-keyout',
    at('root.key'),
    '-out',
    at('root.pem'),
    '-days',
    '300',
    '-subj',
    '/CN=Root',
  );
  const sign = async (subject: string, file: string, extensions: string, by: string) => {
    await writeFile(at(`${file}.ext`), extensions);
    await openssl('req', ...P256, '-keyout', at(`${file}.key`), '-out', at(`${file}.csr`), '-subj', `/CN=${subject}`);
    await openssl(
      'x509',
      '-req',
      '-in',
      at(`${file}.csr`),
      '-CA',
      at(`${by}.pem`),
      '-CAkey',
      at(`${by}.key`),
      '-CAcreateserial',
      '-days',
      '200',
      '-extfile',
      at(`${file}.ext`),
      '-out',
      at(`${file}.pem`),
    );
  };
  await sign('Middle', 'middle', 'basicConstraints=critical,CA:true\nkeyUsage=keyCertSign\n', 'root');
  await sign(name, 'leaf', `subjectAltName=DNS:${name}\n`, 'middle');
  const [key, cert, middle, root] = await Promise.all(
    ['leaf.key', 'leaf.pem', 'middle.pem', 'root.pem'].map((file) => readFile(at(file), 'utf8')),
  );
  return { key: key ?? '', cert: cert ?? '', whole: `${cert}\n${middle}`, root: root ?? '' };
}
