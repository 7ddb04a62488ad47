import { text, wrong } from './arguments.ts';
import { FunctionProblem } from './functions.ts';
import type { Json } from './values.ts';

const ISO = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,7})?)?(Z|[+-]\d{2}:\d{2})?)?$/i;

/** ISO 8601; without a zone it is UTC. */
export function parseTime(args: readonly Json[], i: number): Date {
  const given = text(args, i);
  const zoned = /[T ]\d/.test(given) && !/(Z|[+-]\d{2}:\d{2})$/i.test(given) ? `${given}Z` : given;
  const time = new Date(zoned.replace(' ', 'T'));
  if (ISO.test(given) && !Number.isNaN(time.getTime())) return time;
  const compact = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/.exec(given);
  if (compact) {
    const [, year, month, day, hour, minute, second] = compact.map(Number) as number[] as [number, ...number[]];
    const parsed = new Date(Date.UTC(year as number, (month as number) - 1, day, hour, minute, second));
    if (!Number.isNaN(parsed.getTime())) return parsed;
  }
  throw wrong(args, i, 'a point of time, such as 2026-01-31T12:00:00Z');
}

const DURATION =
  /^(-)?P(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,7})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?$/i;

/** An ISO 8601 duration, which a minus sign makes one backwards. */
export function addDuration(time: Date, args: readonly Json[], i: number): Date {
  const match = DURATION.exec(text(args, i));
  if (!match || match.slice(2).every((digits) => digits === undefined))
    throw wrong(args, i, 'a duration, such as P3D or -PT1H');
  const [years = 0, months = 0, weeks = 0, days = 0, hours = 0, minutes = 0, seconds = 0] = match
    .slice(2)
    .map((digits) => Number(digits ?? 0) * (match[1] ? -1 : 1));
  const moved = new Date(time);
  const day = moved.getUTCDate();
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months + 12 * years);
  // A month later than the 31st of January is the last of February.
  const last = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(day, last) + days + 7 * weeks);
  moved.setTime(moved.getTime() + ((hours * 60 + minutes) * 60 + seconds) * 1000);
  if (Number.isNaN(moved.getTime()) || moved.getUTCFullYear() < 1 || moved.getUTCFullYear() > 9999) {
    throw new FunctionProblem('the point of time lies outside the years 1 to 9999');
  }
  return moved;
}

const PARTS = /yyyy|yy|MM|M|dd|d|HH|H|hh|h|mm|m|ss|s|f{1,7}|tt|zzz|K|'[^']*'|\\./g;

/** .NET's standard formats `u`, `o`, `s`, `R`, `d`, and patterns such as `yyyy-MM-dd`; `yyyy-MM-ddTHH:mm:ssZ` when none is given. */
export function formatTime(time: Date, args: readonly Json[], i: number): string {
  const pattern = args[i] === undefined ? undefined : text(args, i);
  const iso = time.toISOString();
  switch (pattern) {
    case undefined:
      return iso.replace(/\.\d+Z$/, 'Z');
    case 'u':
      return iso.replace('T', ' ').replace(/\.\d+Z$/, 'Z');
    case 'o':
    case 'O':
      return iso.replace('Z', '0000Z');
    case 's':
      return iso.slice(0, 19);
    case 'r':
    case 'R':
      return time.toUTCString();
    case 'd':
      return `${iso.slice(5, 7)}/${iso.slice(8, 10)}/${iso.slice(0, 4)}`;
    default:
      if (pattern.length > 100) throw wrong(args, i, 'a format of at most 100 characters');
      return pattern.replace(PARTS, (part) => partOf(time, part));
  }
}

function partOf(time: Date, part: string): string {
  const two = (value: number) => String(value).padStart(part.length === 2 ? 2 : 1, '0');
  const hour12 = time.getUTCHours() % 12 || 12;
  switch (part.charAt(0)) {
    case 'y':
      return String(time.getUTCFullYear()).padStart(4, '0').slice(-part.length);
    case 'M':
      return two(time.getUTCMonth() + 1);
    case 'd':
      return two(time.getUTCDate());
    case 'H':
      return two(time.getUTCHours());
    case 'h':
      return two(hour12);
    case 'm':
      return two(time.getUTCMinutes());
    case 's':
      return two(time.getUTCSeconds());
    case 'f':
      return String(time.getUTCMilliseconds()).padStart(3, '0').padEnd(7, '0').slice(0, part.length);
    case 't':
      return time.getUTCHours() < 12 ? 'AM' : 'PM';
    case 'z':
      return '+00:00';
    case 'K':
      return 'Z';
    case '\\':
      return part.slice(1);
    default:
      return part.slice(1, -1);
  }
}
