import type { Axis, AxisPoint, MeshSettings, Patch, Preset, Settings } from './scenario.ts';

/** What each preset stands for; Istio's own are in its pkg/config/constants and the templates of its injector. */
const PRESETS: Readonly<Record<Preset, Partial<MeshSettings>>> = {
  istio: { outbound: 'redirect', inbound: 'redirect', originalSource: false, conntrack: true },
  'istio-tproxy': { outbound: 'redirect', inbound: 'tproxy', originalSource: true, conntrack: true },
};

/** The settings with a patch on top: what the patch has wins, field by field. */
export function applyPatch(settings: Settings, patch: Patch): Settings {
  const { protocol, mesh, load, app, runtime, http2, grpc, thrift, services, controlPlane, events } = patch;
  return {
    protocol: protocol ?? settings.protocol,
    mesh: applyMesh(settings.mesh, mesh ?? {}),
    load: { ...settings.load, ...load },
    app: { ...settings.app, ...app },
    runtime: { ...settings.runtime, ...runtime },
    http2: { ...settings.http2, ...http2 },
    grpc: { ...settings.grpc, ...grpc },
    thrift: { ...settings.thrift, ...thrift },
    services: { ...settings.services, ...services },
    controlPlane: { ...settings.controlPlane, ...controlPlane },
    events: events ?? settings.events,
  };
}

function applyMesh(settings: MeshSettings, patch: NonNullable<Patch['mesh']>): MeshSettings {
  const { preset, envoy, telemetry, ...own } = patch;
  return {
    ...settings,
    ...(preset === undefined ? {} : PRESETS[preset]),
    ...own,
    telemetry: { ...settings.telemetry, ...telemetry },
    envoy: { ...settings.envoy, ...envoy },
  };
}

/** One point of the matrix: of every axis one value. */
export type MatrixPoint = readonly (AxisPoint & { readonly axis: string })[];

/** All points of a matrix, the last axis changing fastest; one empty point where there is no axis. */
export function matrixPoints(axes: readonly Axis[]): readonly MatrixPoint[] {
  return axes.reduce<readonly MatrixPoint[]>(
    (points, axis) => points.flatMap((point) => axis.points.map((value) => [...point, { axis: axis.path, ...value }])),
    [[]],
  );
}

/** The settings of a variant at a matrix point. */
export function resolveSettings(base: Settings, variant: Patch, point: MatrixPoint): Settings {
  return [variant, ...point.map((value) => value.patch)].reduce(applyPatch, base);
}
