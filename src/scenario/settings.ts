import type { Axis, AxisPoint, Patch, Settings } from './scenario.ts';

/** The settings with a patch on top: what the patch has wins, field by field. */
export function applyPatch(settings: Settings, patch: Patch): Settings {
  const { mesh, load, app, events } = patch;
  return {
    mesh: { ...settings.mesh, ...mesh, envoy: { ...settings.mesh.envoy, ...mesh?.envoy } },
    load: { ...settings.load, ...load },
    app: { ...settings.app, ...app },
    events: events ?? settings.events,
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
