import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** One finished request. */
export interface RequestFact {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
  /** Of the answer's body. */
  readonly bytesSent: number;
}

/** Times of one route that are held before its histogram is told of them, all at once. */
const HELD = 256;

interface Outcome {
  readonly method: string;
  readonly status: number;
  readonly counter: Counter.Internal;
  /** Since the counter was told. */
  count: number;
}

interface Route {
  /** A handful: most requests of a route end in one or two ways. */
  readonly outcomes: Outcome[];
  readonly histogram: Histogram.Internal<'route'>;
  readonly seconds: Float64Array;
  held: number;
}

/** Counts requests. To tell prom-client of each one took 4 % of a small request's time, so it is told when somebody wants to see. */
export class RequestMetrics {
  readonly #requests: Counter<'route' | 'method' | 'status'>;
  readonly #durations: Histogram<'route'>;
  readonly #sent: Counter;
  readonly #opened: Gauge;
  readonly #routes = new Map<string, Route>();
  #open = 0;
  #bytesSent = 0;

  constructor(registry: Registry) {
    const shared = { registers: [registry] };
    this.#requests = new Counter({
      name: 'holdfast_http_requests_total',
      help: 'Requests answered, by route, method and status',
      labelNames: ['route', 'method', 'status'] as const,
      ...shared,
    });
    this.#durations = new Histogram({
      name: 'holdfast_http_request_duration_seconds',
      help: 'Time from the request line to the end of the answer, seconds',
      labelNames: ['route'] as const,
      buckets: [0.001, 0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 300],
      ...shared,
    });
    this.#sent = new Counter({ name: 'holdfast_http_sent_bytes_total', help: 'Body bytes sent', ...shared });
    this.#opened = new Gauge({ name: 'holdfast_http_requests_open', help: 'Requests being answered now', ...shared });
  }

  started(): void {
    this.#open += 1;
  }

  ended(): void {
    this.#open -= 1;
  }

  observe({ route: name, method, status, seconds, bytesSent }: RequestFact): void {
    const route = this.#routes.get(name) ?? this.#newRoute(name);
    let outcome = route.outcomes.find((each) => each.status === status && each.method === method);
    if (outcome === undefined) {
      outcome = { method, status, counter: this.#requests.labels(name, method, String(status)), count: 0 };
      route.outcomes.push(outcome);
    }
    outcome.count += 1;
    route.seconds[route.held++] = seconds;
    if (route.held === HELD) tellHistogram(route);
    this.#bytesSent += bytesSent;
  }

  /** Tells prom-client of everything since the last time. */
  publish(): void {
    for (const route of this.#routes.values()) {
      for (const outcome of route.outcomes) {
        outcome.counter.inc(outcome.count);
        outcome.count = 0;
      }
      tellHistogram(route);
    }
    this.#sent.inc(this.#bytesSent);
    this.#bytesSent = 0;
    this.#opened.set(this.#open);
  }

  #newRoute(name: string): Route {
    const histogram = this.#durations.labels(name);
    const route = { outcomes: [], histogram, seconds: new Float64Array(HELD), held: 0 };
    this.#routes.set(name, route);
    return route;
  }
}

function tellHistogram(route: Route): void {
  for (let i = 0; i < route.held; i++) route.histogram.observe(route.seconds[i] as number);
  route.held = 0;
}
