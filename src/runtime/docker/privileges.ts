/** What a container of a run is for: the network of a host, its packet rules for a moment, or a component. */
export type ContainerKind = 'holder' | 'init' | 'component';

export interface Privileges {
  /** Capabilities beyond none. */
  readonly capabilities: readonly 'NET_ADMIN'[];
  /** User and group, by number. */
  readonly user: string;
}

/** What every container has, whatever it is for. */
export const CONTAINER_SAFETY = {
  capDrop: ['ALL'],
  securityOptions: ['no-new-privileges:true'],
  /** Far above what any component needs: a broken one harms nobody else. */
  processes: 512,
} as const;

/** Of a pod's files, so that a sidecar of another user can read them. */
const FILES_GROUP = 0;
const NOBODY = 65_534;

/**
 * The privileges of a container; docs/docker.md has them as a table, which a test holds against what runs. Docker gives no
 * ambient capabilities, so what keeps NET_ADMIN is user 0; without any capability user 0 may do nothing that others may not
 * but use the files that are its own.
 */
export function privilegesOf(kind: ContainerKind, needs: { netAdmin: boolean; uid: number | undefined }): Privileges {
  switch (kind) {
    case 'holder':
      return { capabilities: [], user: `0:${FILES_GROUP}` };
    case 'init':
      return { capabilities: ['NET_ADMIN'], user: `0:${FILES_GROUP}` };
    case 'component':
      if (needs.netAdmin) return { capabilities: ['NET_ADMIN'], user: `0:${FILES_GROUP}` };
      return { capabilities: [], user: `${needs.uid ?? NOBODY}:${FILES_GROUP}` };
  }
}
