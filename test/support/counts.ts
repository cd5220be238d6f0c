/** `npm run test:all` runs every count in full; `npm test` runs the reduced ones that it announces. */
export const FULL = process.env['MESHBENCH_TEST_COUNTS'] === 'full';

/** The count to use. */
export function count(reduced: number, full: number): number {
  return FULL ? full : reduced;
}
