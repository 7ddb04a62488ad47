import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino';

export type { Logger } from 'pino';

/** Keys whose values never reach a log, wherever they stand in what is logged. */
const SECRET_KEYS = ['authorization', 'password', 'secret', 'token', 'access_token', 'refresh_token', 'cookie'];
const REDACT = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

/** JSON lines on stderr; lines for people when it is a terminal. Written in batches, at once from `warn` up. */
export function createLogger(options: { level: string; terminal: boolean; stream?: DestinationStream }): Logger {
  const stream = options.stream ?? (options.terminal ? humanStream() : jsonStream());
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: REDACT, censor: '[redacted]' },
      formatters: { level: (level) => ({ level }) },
    },
    stream,
  );
}

/**
 * For lines whose every field is known to hold no secret: looking through each of them for secrets to redact took a fifth
 * of the time of a small request.
 */
export function withoutRedaction(logger: Logger): Logger {
  return logger.child({}, { redact: [] });
}

/** A log that cannot be written (disk full, reader gone) must not take the registry down with it. */
function jsonStream(): DestinationStream {
  const stream = destination({ fd: 2, minLength: 4096, periodicFlush: 500, sync: false });
  let failing = false;
  stream.on('error', () => {
    failing = true;
  });
  stream.on('write', () => {
    failing = false;
  });
  // At the end of the process it would try again and again for ever.
  const flush = stream.flushSync.bind(stream);
  stream.flushSync = () => {
    if (!failing) flush();
  };
  return stream;
}

function humanStream(): DestinationStream {
  return {
    write: (line) => {
      const { level, time, msg, ...rest } = JSON.parse(line) as Record<string, unknown>;
      const facts = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      process.stderr.write(`${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${msg} ${facts.join(' ')}\n`);
    },
  };
}

/** Takes user names, passwords and query secrets out of a URL before it is logged. */
export function redactUrl(url: string): string {
  if (!url.includes('?') && !url.includes('@')) return url;
  return url
    .replace(/\/\/[^/@]*@/, '//')
    .replace(/([?&](?:password|access_token|refresh_token|token|sig)=)[^&]*/gi, '$1[redacted]');
}
