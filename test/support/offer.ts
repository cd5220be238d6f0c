import {
  type LoadPlan,
  type LoadTotal,
  OpenLoop,
  type Requests,
  type ThriftRequest,
  tcpDialer,
} from '../../src/load/index.ts';
import { initHistograms, monotonicNow } from '../../src/metrics/index.ts';
import { requestsOf } from '../../src/run/requests.ts';
import { DEFAULT_SETTINGS, type ThriftSettings } from '../../src/scenario/index.ts';
import { bytes, nanos } from '../../src/units/index.ts';
import { plan } from '../load/simulation.ts';

export const HOST = '127.0.0.1';

/** Offers calls to a server of this machine over eight connections, at a rate that it holds; what is late still counts. */
export async function offer(port: number, request: Requests, calls: number, rate = 4000): Promise<LoadTotal> {
  await initHistograms();
  const duration = nanos((calls / rate) * 1e9);
  const timeout = nanos(30e9);
  const endpoints: LoadPlan['endpoints'] = [{ address: HOST, port }];
  const load = plan({ rate, duration, timeout, connections: 8, endpoints, request });
  const world = {
    clock: monotonicNow,
    dial: tcpDialer(),
    soon: setImmediate,
    later: (ms: number, action: () => void) => void setTimeout(action, ms),
  };
  const loop = new OpenLoop(load, world, () => undefined);
  await loop.connect();
  return loop.run(monotonicNow());
}

/** What a scenario with these settings sends. */
export function requestOf(own: Partial<ThriftSettings>, payload = 1000): ThriftRequest {
  const load = { ...DEFAULT_SETTINGS.load, payload: bytes(payload) };
  const thrift = { ...DEFAULT_SETTINGS.thrift, ...own };
  const request = requestsOf({ ...DEFAULT_SETTINGS, protocol: 'thrift', load, thrift }, 'test');
  if (request.protocol !== 'thrift') throw new TypeError('a request of Thrift was asked for');
  return request;
}
