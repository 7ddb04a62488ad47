import { readTokens, type Token } from './lexer.ts';
import { type Expression, ExpressionProblem } from './syntax.ts';

/** As the resource manager of Azure has it. */
const MAX_LENGTH = 24_576;
/** Calls within calls, and what follows them: far more than anybody writes, far less than the stack holds. */
const MAX_DEPTH = 64;

/** Reads `[…]`. Throws `ExpressionProblem` with the position of what is wrong. */
export function parseExpression(text: string): Expression {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionProblem(`the expression has more than ${MAX_LENGTH} characters, the most that is read`, 0);
  }
  const parser = new Parser(readTokens(text));
  parser.take('[');
  const expression = parser.expression(0);
  parser.take(']');
  parser.take('end');
  return expression;
}

class Parser {
  readonly #tokens: readonly Token[];
  #next = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  take<K extends Token['kind']>(kind: K): Extract<Token, { kind: K }> {
    const token = this.#peek();
    if (token.kind !== kind)
      throw new ExpressionProblem(`${wordOf(token)} stands where ${nameOf(kind)} must be`, token.at);
    if (kind !== 'end') this.#next++;
    return token as Extract<Token, { kind: K }>;
  }

  expression(depth: number): Expression {
    if (depth > MAX_DEPTH) {
      throw new ExpressionProblem(`the expression is nested deeper than ${MAX_DEPTH}`, this.#peek().at);
    }
    let left = this.#primary(depth);
    for (let links = 0; ; links++) {
      const token = this.#peek();
      if (token.kind !== '.' && token.kind !== '[') return left;
      if (depth + links > MAX_DEPTH) {
        throw new ExpressionProblem(`more than ${MAX_DEPTH} properties follow one another`, token.at);
      }
      this.#next++;
      if (token.kind === '.') {
        left = { kind: 'property', of: left, name: this.take('name').value, at: token.at };
      } else {
        left = { kind: 'index', of: left, index: this.expression(depth + 1), at: token.at };
        this.take(']');
      }
    }
  }

  #primary(depth: number): Expression {
    const token = this.#peek();
    if (token.kind === 'string' || token.kind === 'integer') {
      this.#next++;
      return token;
    }
    const name = this.take('name');
    const namespaced = this.#peek().kind === '.';
    if (namespaced) this.#next++;
    const called = namespaced ? this.take('name') : name;
    if (this.#peek().kind !== '(') {
      throw new ExpressionProblem(
        `'${called.value}' is no call: '(' must follow it; strings are in single quotes`,
        called.at,
      );
    }
    const given = this.#arguments(depth);
    const call = { kind: 'call', name: called.value, arguments: given, at: name.at } as const;
    return namespaced ? { ...call, namespace: name.value } : call;
  }

  #arguments(depth: number): Expression[] {
    this.take('(');
    const given: Expression[] = [];
    if (this.#peek().kind !== ')') {
      given.push(this.expression(depth + 1));
      while (this.#peek().kind === ',') {
        this.#next++;
        given.push(this.expression(depth + 1));
      }
    }
    this.take(')');
    return given;
  }

  #peek(): Token {
    return this.#tokens[this.#next] as Token;
  }
}

function wordOf(token: Token): string {
  if (token.kind === 'end') return 'the end of the expression';
  return 'value' in token ? `'${String(token.value).slice(0, 50)}'` : `'${token.kind}'`;
}

function nameOf(kind: Token['kind']): string {
  if (kind === 'name') return 'a name';
  return kind === 'end' ? 'the end of the expression' : `'${kind}'`;
}
