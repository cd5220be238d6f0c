import type { Crowd } from '../crowd/index.ts';
import type { ControlPlaneComponent, CrowdComponent } from '../mesh/index.ts';
import { monotonicNow } from '../metrics/index.ts';
import { type ChangeName, changeOf, generateObjects, NAMESPACE } from '../services/index.ts';
import { ControlPlane, type Proposal, type Pushed, type Rollout, type RolloutPlan, type Served } from '../xds/index.ts';

/** The control plane of a mesh, and the push that it is at. */
export class ControlPlaneAgent {
  private readonly plane: ControlPlane;
  private readonly component: ControlPlaneComponent;
  private readonly pushes = new Map<ChangeName, number>();
  private rollout: Rollout | undefined;

  private constructor(plane: ControlPlane, component: ControlPlaneComponent) {
    this.plane = plane;
    this.component = component;
  }

  /**
   * Makes the services up and serves them.
   * @throws BenchError component where the address cannot be had.
   */
  static async start(component: ControlPlaneComponent, seed: number, serves: Served): Promise<ControlPlaneAgent> {
    const { eds, dialect, fetchTimeout, onDemand, thrift, generated, objects, sidecars } = component;
    const endpoint = serves === 'endpoints' && eds !== undefined ? eds : component.endpoint;
    const plane = await ControlPlane.listen({
      objects: [...objects, ...generateObjects({ ...generated, seed })],
      address: endpoint.address,
      port: endpoint.port,
      expected: sidecars.map(({ app, mode, namespace, cluster }) => ({
        id: app,
        namespace,
        domain: `${namespace}.svc.cluster.local`,
        labels: { app },
        mode,
        cluster,
      })),
      manners: { fetchTimeout, onDemand, thrift, serves, eds: eds === undefined ? undefined : dialect },
      clock: monotonicNow,
    });
    return new ControlPlaneAgent(plane, component);
  }

  get prepared(): ControlPlane['prepared'] {
    return this.plane.prepared;
  }

  traffic(): ReturnType<ControlPlane['traffic']> {
    return this.plane.traffic();
  }

  /** Works out the next change of this name. @throws BenchError as {@link ControlPlane.propose}. */
  propose(name: ChangeName, plan: RolloutPlan): Proposal {
    const times = this.pushes.get(name) ?? 0;
    this.pushes.set(name, times + 1);
    const { called } = this.component;
    // Services of the topology are in the namespace of their own.
    const isOwn = ({ metadata }: { readonly metadata: { readonly namespace: string } }): boolean =>
      metadata.namespace === NAMESPACE;
    const all = this.plane.serviceEntries();
    const [entries, generated] = [all.filter(isOwn), all.filter((entry) => !isOwn(entry))];
    this.rollout = this.plane.propose(
      changeOf(name, { generated, entries, called, sidecars: this.plane.sidecarObjects(), times }),
      plan,
    );
    return this.rollout.proposal;
  }

  /** Tells the next group, or takes the push back. @throws BenchError component where nothing was proposed. */
  async carryOn(how: 'advance' | 'roll-back'): Promise<Pushed> {
    if (this.rollout === undefined) return { nodes: [], propagationNs: [], bytes: [], resources: [] };
    return how === 'advance' ? await this.rollout.advance() : await this.rollout.rollBack();
  }
}

/** Brings light clients up; resolves when each has everything. */
export async function joinCrowd({
  server,
  address,
  members,
  protocol,
  app,
  namespace,
}: CrowdComponent): Promise<Crowd> {
  const crowd = await import('../crowd/index.ts');
  return await crowd.Crowd.join({
    server: `${server.address}:${server.port}`,
    ...{ members, dialect: protocol, namespace, app, address, clock: monotonicNow },
  });
}
