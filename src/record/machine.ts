/** What may differ between runs that are compared: that is what they are compared for. */
const COMPARED_FOR = ['envoy.', 'filters.', 'meshbench.', 'replay', 'iptables.'];

/** Whether a field of the fingerprint tells one machine, and what is done to keep it quiet, from another. */
export function isOfMachine(field: string): boolean {
  return !COMPARED_FOR.some((prefix) => field.startsWith(prefix));
}
