import type { ControlPlaneComponent } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import { generateServices, NAMESPACE } from '../services/index.ts';
import { ControlPlane } from '../xds/index.ts';

/**
 * Makes the services up and serves them.
 * @throws BenchError component where the address cannot be had.
 */
export async function startControlPlane(component: ControlPlaneComponent, seed: number): Promise<ControlPlane> {
  const { endpoint, generated, objects, sidecars } = component;
  return await ControlPlane.listen({
    objects: [...objects, ...generateServices({ ...generated, seed })],
    address: endpoint.address,
    port: endpoint.port,
    expected: sidecars.map(({ app, mode }) => ({
      id: app,
      namespace: NAMESPACE,
      domain: `${NAMESPACE}.svc.cluster.local`,
      labels: { app },
      mode,
    })),
    clock: monotonicNow,
  });
}
