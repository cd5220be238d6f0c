/**
 * P(X ≥ hits), where `drawn` of `all` places are drawn without replacement and X of them are among `own`: the
 * hypergeometric distribution, by which Fisher's exact test goes (R. A. Fisher, "The Design of Experiments", 1935).
 * @throws RangeError unless all are counts with hits ≤ drawn ≤ all and own ≤ all.
 */
export function probabilityOfHits(hits: number, drawn: number, own: number, all: number): number {
  const isCount = [hits, drawn, own, all].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!(isCount && hits <= drawn && drawn <= all && own <= all)) {
    throw new RangeError(`${hits} of ${drawn} draws among ${own} of ${all} is no count of draws without replacement`);
  }
  let sum = 0;
  for (let x = Math.max(hits, drawn - (all - own)); x <= Math.min(drawn, own); x += 1) {
    sum += Math.exp(logChoose(own, x) + logChoose(all - own, drawn - x) - logChoose(all, drawn));
  }
  return Math.min(1, sum);
}

/** In logarithms, since n over k would not fit into a number. */
function logChoose(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i += 1) sum += Math.log((n - k + i) / i);
  return sum;
}
