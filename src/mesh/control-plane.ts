import {
  CONTROL_PLANE,
  CONTROL_PLANE_PORT,
  FIRST_GENERATED_PORT,
  type Interception,
  type Settings,
  sidecarDirections,
  type Workload,
} from '../scenario/index.ts';
import {
  generatedName,
  hostOf,
  type InterceptionMode,
  type IstioObject,
  lazySidecar,
  NAMESPACE,
  serviceEntry,
} from '../services/index.ts';
import type { ControlPlaneComponent, MeshHost, Service } from './mesh.ts';

const MODES: Readonly<Record<Interception, InterceptionMode>> = {
  none: 'NONE',
  listener: 'NONE',
  redirect: 'REDIRECT',
  tproxy: 'TPROXY',
};

/** How Istio calls the way of the traffic into the sidecar of a caller. */
export function interceptionMode({ outbound }: { readonly outbound: Interception }): InterceptionMode {
  return MODES[outbound];
}

/** The control plane of a mesh and what it is told; undefined where there is none. */
export function controlPlaneOf(
  workloads: readonly { readonly workload: Workload; readonly address: string }[],
  services: readonly Service[],
  settings: Settings,
  address: string,
): ControlPlaneComponent | undefined {
  const { controlPlane, mesh, services: further } = settings;
  if (controlPlane.kind === 'none') return undefined;
  const withSidecar = workloads.filter(({ workload }) => sidecarDirections(workload, mesh).outbound);
  const { count, endpoints, ports, lazy, visible } = further;
  const some = Array.from({ length: Math.min(visible, count) }, (_, index) => generatedName(index));
  const shown = some.map(({ name, namespace }) => hostOf(name, namespace));
  const sidecars = withSidecar.map(({ workload: { name, calls } }) =>
    lazySidecar(name, [...calls.map((callee) => hostOf(callee, NAMESPACE)), ...shown]),
  );
  return {
    endpoint: { address, port: CONTROL_PLANE_PORT },
    generated: { count, endpoints, ports, firstPort: FIRST_GENERATED_PORT },
    objects: [...services.map(entryOf), ...(lazy ? sidecars : [])],
    sidecars: withSidecar.map(({ workload: { name }, address: own }) => ({
      app: name,
      address: own,
      mode: interceptionMode(mesh),
    })),
  };
}

function entryOf({ name, port, endpoints }: Service): IstioObject {
  return serviceEntry(name, NAMESPACE, { port, addresses: endpoints.map(({ address }) => address) });
}

export function controlPlaneHost(component: ControlPlaneComponent, folder: string): MeshHost {
  return {
    name: CONTROL_PLANE,
    address: component.endpoint.address,
    folder,
    role: 'workload',
    app: undefined,
    controlPlane: component,
    sidecar: undefined,
    load: false,
    sysctls: {},
    rules: [],
    intercepts: [],
  };
}
