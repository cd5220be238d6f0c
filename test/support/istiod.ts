import { type ControlPlanePrograms, findControlPlane } from '../../src/setup/index.ts';

const { programs } = await findControlPlane({ say: () => undefined });

/** What istiod runs with on this machine; undefined where it is not built. */
export const istiodHere: ControlPlanePrograms | undefined = programs;

/** Why tests with a real istiod are skipped, or false. */
export const noIstiod: string | false = programs === undefined ? 'no istiod on this machine' : false;
