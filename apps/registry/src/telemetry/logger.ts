import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino';
import { type LostLines, openLogStream } from './log-stream.ts';

export type { Logger } from 'pino';

const STDERR = 2;

/** Keys whose values never reach a log, wherever they stand in what is logged. */
const SECRET_KEYS = ['authorization', 'password', 'secret', 'token', 'access_token', 'refresh_token', 'cookie'];
const REDACT = SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]);

export interface LoggerOptions {
  readonly level: string;
  readonly terminal: boolean;
  /** Instead of stderr. */
  readonly stream?: DestinationStream;
  /** A line was lost, because stderr could not be written. */
  readonly onLost?: () => void;
}

/** JSON lines on stderr; lines for people when it is a terminal. Written in batches. */
export function createLogger(options: LoggerOptions): Logger {
  const { level, terminal, onLost = () => undefined } = options;
  const recovered = ({ lines, reason }: LostLines) =>
    logger.error({ lines, reason }, 'log lines were lost: the log could not be written, and now it can again');
  const stream = options.stream ?? (terminal ? humanStream() : openLogStream(STDERR, { lost: onLost, recovered }));
  const logger: Logger = pino(
    {
      level,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: REDACT, censor: '[redacted]' },
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return logger;
}

function humanStream(): DestinationStream {
  process.stderr.on('error', () => undefined); // the terminal was closed; the registry goes on
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
