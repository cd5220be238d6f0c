import { toMillis } from '../units/index.ts';
import type { Dial } from '../wire/index.ts';
import type { ServiceCall } from './calls.ts';
import { type Call, type ConnectionOwner, ServiceConnection } from './service-connection.ts';

/** Far more calls at once than a service on one processor answers in time; beyond it they queue. */
const MOST_CONNECTIONS = 256;

/** Sweeps within the time that a call may take. A clock read for every call would cost more than it tells. */
const SWEEPS = 8;

/** The connections to one service: as many as it takes, kept alive, the one that was used last is used next. */
export class ServicePool implements ConnectionOwner {
  private readonly service: ServiceCall;
  private readonly dial: Dial;
  private readonly head: string;
  private readonly untraced: string;
  private readonly connections = new Set<ServiceConnection>();
  private readonly idle: ServiceConnection[] = [];
  private readonly queue: Call[] = [];
  private readonly sweeper: NodeJS.Timeout;
  private sweeps = 0;
  private closed = false;

  constructor(service: ServiceCall, dial: Dial) {
    this.service = service;
    this.dial = dial;
    this.head = `GET / HTTP/1.1\r\nhost: ${service.authority}\r\n`;
    this.untraced = `${this.head}\r\n`;
    this.sweeper = setInterval(() => this.sweep(), toMillis(service.timeout) / SWEEPS).unref();
  }

  /** Calls the service with these header lines more. `ended` is told later, once: empty, or why the call failed. */
  call(tracing: string, ended: (failure: string) => void): void {
    const request = tracing === '' ? this.untraced : `${this.head}${tracing}\r\n`;
    const call = { request, since: this.sweeps, ended };
    const connection = this.idle.pop();
    if (connection !== undefined) connection.send(call);
    else if (this.connections.size < MOST_CONNECTIONS) this.open(call);
    else this.queue.push(call);
  }

  free(connection: ServiceConnection): void {
    const next = this.queue.shift();
    if (next === undefined) this.idle.push(connection);
    else connection.send(next);
  }

  gone(connection: ServiceConnection, again: Call | undefined): void {
    this.connections.delete(connection);
    const place = this.idle.lastIndexOf(connection);
    if (place >= 0) this.idle.splice(place, 1);
    const next = again ?? this.queue.shift();
    if (next !== undefined && !this.closed) this.open(next);
  }

  /** Drops all connections; calls that are under way fail. */
  close(): void {
    this.closed = true;
    clearInterval(this.sweeper);
    for (const connection of [...this.connections]) connection.drop('closed');
  }

  private open(call: Call): void {
    const connection = new ServiceConnection(this.service, this.dial, this);
    this.connections.add(connection);
    connection.send(call);
  }

  /** Ends calls that take too long: after their time, and up to an eighth of it later. */
  private sweep(): void {
    this.sweeps += 1;
    const oldest = this.sweeps - SWEEPS;
    while ((this.queue[0]?.since ?? oldest) < oldest) this.queue.shift()?.ended(`${this.service.authority} timeout`);
    for (const connection of [...this.connections]) {
      if ((connection.call?.since ?? oldest) < oldest) connection.drop('timeout');
    }
  }
}
