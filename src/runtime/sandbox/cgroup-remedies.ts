import type { CpuHierarchy } from '../cgroup-place.ts';
import type { Lack } from '../runtime.ts';

interface Failure {
  readonly folder: string;
  readonly error: unknown;
}

/** Why there is no place for a group, and what to do: one remedy for the cause that shows. */
export function noGroupBecause(hierarchy: CpuHierarchy | undefined, failures: readonly Failure[]): Lack {
  if (hierarchy === undefined) {
    const remedy = 'mount the cgroup filesystem with its cpu controller';
    return { reason: 'the cpu controller of cgroups is not mounted', remedy };
  }
  const reasons = new Set(failures.map(({ folder, error }) => `${folder} ${inWords(error)}`));
  return { reason: [...reasons].join('; '), remedy: remedyOf(hierarchy, failures) };
}

function remedyOf({ version }: CpuHierarchy, failures: readonly Failure[]): string {
  if (failures.some(({ error }) => codeOf(error) === 'EROFS')) {
    return 'make the cgroup filesystem writable (containers: start it with --privileged)';
  }
  if (process.geteuid?.() === 0) return 'give this process a group in which it may make others';
  if (version === 1) return 'run the same command as root (cgroups of version 1 are for nobody else)';
  return 'run the same command as root, or behind `systemd-run --user --scope -p Delegate=cpu`';
}

function inWords(error: unknown): string {
  switch (codeOf(error)) {
    case 'EROFS':
      return 'is read-only';
    case 'EACCES':
    case 'EPERM':
      return 'is not for this user to make groups in';
    case 'EBUSY':
      return 'has processes of its own, and cannot have limited groups beside them';
    case 'ENOENT':
      return 'has no cpu controller with limits';
    default:
      return `refused: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
