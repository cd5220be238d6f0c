/**
 * Axis labels, each with its unit, as Vega expressions. They are ours alone: nothing from a record is ever part of one.
 */
export const TIME_LABEL = [
  'abs(datum.value) >= 1e9 ? format(datum.value / 1e9, "~g") + " s"',
  'abs(datum.value) >= 1e6 ? format(datum.value / 1e6, "~g") + " ms"',
  'abs(datum.value) >= 1e3 ? format(datum.value / 1e3, "~g") + " µs"',
  'datum.value == 0 ? "0" : format(datum.value, "~g") + " ns"',
].join(' : ');

/** Sizes in bytes. */
export const SIZE_LABEL = 'datum.value == 0 ? "0" : format(datum.value / 1e6, ",~r") + " MB"';

/** Times in ms. */
export const MILLIS_LABEL = 'datum.value == 0 ? "0" : format(datum.value, ",~r") + " ms"';

/** Most ticks that a logarithmic axis carries before it keeps powers of ten alone. */
const MOST_TICKS = 9;

/** Room beyond the values at both ends of a logarithmic axis, as a factor. */
const ROOM = 1.15;

/** A logarithmic axis: its domain, and the ticks within at 1, 2 and 5 times powers of ten. */
export interface LogAxis {
  readonly domain: [number, number];
  readonly ticks: number[];
}

/** The axis that holds all of the values, with some room; those that are not positive are left out. Undefined where none is. */
export function logAxis(values: readonly number[]): LogAxis | undefined {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return undefined;
  const [least, most] = extent(positive);
  const steps = rounds(least, most);
  const tight: [number, number] = [least / ROOM, most * ROOM];
  const within = ticksWithin(steps, tight);
  if (within.length >= 2) return { domain: tight, ticks: within };
  const from = steps.findLast((step) => step <= least) ?? least;
  const until = steps.find((step) => step >= most && step > from) ?? most;
  return { domain: [from, until], ticks: ticksWithin(steps, [from, until]) };
}

/** How a value lies on a logarithmic axis. */
export function onLogAxis(field: string, { domain, ticks }: LogAxis, label: string) {
  return {
    field,
    type: 'quantitative' as const,
    title: null,
    scale: { type: 'log' as const, domain, nice: false },
    axis: { values: ticks, labelExpr: label },
  };
}

function ticksWithin(steps: readonly number[], [from, until]: readonly [number, number]): number[] {
  const within = steps.filter((step) => step >= from && step <= until);
  return within.length > MOST_TICKS ? within.filter((step) => Number.isInteger(Math.log10(step))) : within;
}

/** 1, 2 and 5 times the powers of ten around a range. */
function rounds(least: number, most: number): readonly number[] {
  const steps: number[] = [];
  for (let power = Math.floor(Math.log10(least)); power <= Math.ceil(Math.log10(most)); power += 1) {
    steps.push(...[1, 2, 5].map((digit) => Number(`${digit}e${power}`)));
  }
  return steps;
}

/** A linear domain around the values, with a twentieth of room on both sides. */
export function linearDomain(values: readonly number[]): [number, number] {
  const [least, most] = extent(values);
  const room = (most - least) / 20 || Math.abs(most) / 20 || 1;
  return [least - room, most + room];
}

/** How many labels a horizontal axis of this width has room for, about. */
export function ticksFor(width: number): number {
  return width > 400 ? 4 : 3;
}

/** Pixels of half a label. */
const HALF_LABEL = 26;

/** A horizontal linear axis of times in ns. */
export function timeAxis(domain: [number, number], width: number) {
  return {
    field: 'x',
    type: 'quantitative',
    title: null,
    scale: { domain, nice: false, zero: false },
    // Labels that would be cut at an end of the axis stand beside their tick.
    axis: { labelExpr: TIME_LABEL, tickCount: ticksFor(width), labelFlush: HALF_LABEL },
  } as const;
}

function extent(values: readonly number[]): readonly [number, number] {
  return [
    values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    values.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  ];
}
