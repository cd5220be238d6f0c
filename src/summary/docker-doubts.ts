import type { Header } from '../record/index.ts';
import { listed } from './figure.ts';
import type { Summary } from './summary.ts';

/** What was used, as Docker's API tells it; the load's priority is raised from where its process can be seen. */
export function seenThroughDocker({
  header: { fingerprint },
  summary: { variants },
}: {
  readonly header: Pick<Header, 'fingerprint'>;
  readonly summary: Pick<Summary, 'variants'>;
}): readonly string[] {
  const some = variants.filter(({ cpu }) => Object.values(cpu.components).some(({ source }) => source === 'docker'));
  if (some.length === 0) return [];
  const raised = fingerprint['scheduling.load'] === 'raised' ? ', and the load was at normal priority' : '';
  return [
    `What components of ${listed(some.map(({ name }) => name))} used was told by Docker's API: of whole containers, with our init in each, and ` +
      `without run delay, PSS and Docker's own share; their processes could not be seen from where this ran${raised}.`,
  ];
}
