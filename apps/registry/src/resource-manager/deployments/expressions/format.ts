import type { Budget } from './budget.ts';
import { FunctionProblem } from './functions.ts';
import { type Json, textOf, typeOf } from './values.ts';

const MAX_WIDTH = 1000;
const HOLE = /\{\{|\}\}|\{(\d{1,4})(?:,\s*(-?\d{1,5})\s*)?(?::([^{}]*))?\}|[{}]/g;

/** `{0}`, `{0,8}` (width; negative for the left edge), `{0:D3}`, `{0:X4}`, `{0:N2}`, `{0:F2}`; `{{` and `}}` for braces. */
export function formatText(pattern: string, values: readonly Json[], budget: Budget): string {
  let size = pattern.length;
  const put = (text: string): string => {
    size += text.length;
    budget.fits(size);
    budget.room(text.length);
    return text;
  };
  return pattern.replace(HOLE, (whole, place?: string, width?: string, style?: string) => {
    if (whole === '{{') return '{';
    if (whole === '}}') return '}';
    if (place === undefined) throw new FunctionProblem("a brace stands alone in the format; '{{' and '}}' are braces");
    const value = values[Number(place)];
    if (value === undefined) throw new FunctionProblem(`the format asks for {${place}}, and there is no such argument`);
    const text = style ? styled(value, style) : textOf(value);
    return put(aligned(text, Number(width ?? 0)));
  });
}

function aligned(text: string, width: number): string {
  if (Math.abs(width) > MAX_WIDTH) throw new FunctionProblem(`a width is at most ${MAX_WIDTH}`);
  return width < 0 ? text.padEnd(-width) : text.padStart(width);
}

function styled(value: Json, style: string): string {
  const [, letter = '', digits = ''] = /^([dDxXnNfF])(\d{0,2})$/.exec(style) ?? [];
  if (letter === '')
    throw new FunctionProblem(`the format '${style.slice(0, 20)}' is unknown: there are D, X, N and F`);
  if (typeof value !== 'number') {
    throw new FunctionProblem(`the format '${style}' is for numbers, and the argument is of type ${typeOf(value)}`);
  }
  const places = digits === '' ? undefined : Number(digits);
  const sign = value < 0 ? '-' : '';
  const size = Math.abs(value);
  switch (letter.toUpperCase()) {
    case 'D':
      return (
        sign +
        Math.trunc(size)
          .toString()
          .padStart(places ?? 0, '0')
      );
    case 'X': {
      const hex = BigInt.asUintN(32, BigInt(Math.trunc(value)))
        .toString(16)
        .padStart(places ?? 0, '0');
      return letter === 'X' ? hex.toUpperCase() : hex;
    }
    case 'N':
      return sign + grouped(size.toFixed(places ?? 2));
    default:
      return sign + size.toFixed(places ?? 2);
  }
}

function grouped(digits: string): string {
  const [whole = '', rest] = digits.split('.');
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return rest === undefined ? groups : `${groups}.${rest}`;
}
