import type { Summary } from '../summary/index.ts';
import { own } from './own.ts';
import { visible } from './visible.ts';

type Fingerprint = Summary['fingerprint'];

/** How load and system were placed and scheduled, from the fingerprint, one sentence each; empty where it does not say. */
export function quietness({ fingerprint }: Pick<Summary, 'fingerprint'>): readonly string[] {
  return [placement(fingerprint), scheduling(fingerprint), priority(fingerprint), awake(fingerprint)].flatMap(
    (sentence) => sentence ?? [],
  );
}

function placement(fingerprint: Fingerprint): string | undefined {
  const [load, system] = [processors(fingerprint, 'load'), processors(fingerprint, 'system')];
  if (load === undefined || system === undefined) return undefined;
  if (own(fingerprint, 'placement.shared') === true) return `Load and system under test shared ${system}.`;
  const beside = processors(fingerprint, 'harness') === system ? ' with the harness, which gave way to it' : '';
  return `The load ran on ${load}, the system under test on ${system}${beside}.`;
}

/** The fingerprint lists processors by number: `1,2,3`. */
function processors(fingerprint: Fingerprint, which: 'load' | 'harness' | 'system'): string | undefined {
  const list = own(fingerprint, `placement.${which}`);
  if (typeof list !== 'string' || list === '') return undefined;
  return `${list.includes(',') ? 'processors' : 'processor'} ${visible(list, 200).replaceAll(',', ', ')}`;
}

function scheduling(fingerprint: Fingerprint): string | undefined {
  const how = own(fingerprint, 'scheduling.system');
  if (how === 'realtime')
    return 'Applications and proxies ran under SCHED_RR: nothing of normal priority held them up.';
  if (how === 'normal') return 'Applications and proxies ran at normal priority.';
  return undefined;
}

function priority(fingerprint: Fingerprint): string | undefined {
  const load = own(fingerprint, 'scheduling.load');
  if (load === 'raised') return 'The load ran at nice −10, before what else ran on its processor.';
  if (load === 'normal') return 'The load ran at normal priority.';
  return undefined;
}

function awake(fingerprint: Fingerprint): string | undefined {
  const kept = own(fingerprint, 'scheduling.awake');
  if (kept === true) return 'The system’s processors were kept awake: no request waited for one to wake up.';
  if (kept === false)
    return 'The system’s processors slept when nothing was to be done, as they do on an idle machine.';
  return undefined;
}
