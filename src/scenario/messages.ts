import { bytes } from '../units/index.ts';
import type { LoadSettings, Message } from './scenario.ts';

const NOTHING = bytes(0);

/** The requests that a load sends: its targets, each with what it leaves to all, or the one that it is without them. */
export function messagesOf(load: LoadSettings): readonly (Message & { readonly weight: number })[] {
  const { method, path, headers, payload, body, targets } = load;
  const own: Message = { method, path, headers, payload, body };
  if (targets.length === 0) return [{ ...own, weight: 1 }];
  return targets.map((target) => ({
    weight: target.weight,
    method: target.method ?? method,
    path: target.path ?? path,
    // Header by header: what all send can be replaced by one.
    headers: { ...headers, ...target.headers },
    ...bodyOf(target, own),
  }));
}

/** A target that says anything of its body says all of it. */
function bodyOf(target: LoadSettings['targets'][number], own: Message): Pick<Message, 'payload' | 'body'> {
  if (target.payload === undefined && target.body === undefined) return { payload: own.payload, body: own.body };
  return { payload: target.payload ?? NOTHING, body: target.body ?? '' };
}
