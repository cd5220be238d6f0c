/** The words that a report cannot do without, as docs/glossary.md defines them. */
export const GLOSSARY: readonly { readonly term: string; readonly meaning: string }[] = [
  {
    term: 'Response time',
    meaning:
      'from when a request was due to when its answer was complete. Requests are due at fixed times whatever the system does (an open loop), so a stall shows in every request that it held up.',
  },
  { term: 'Service time', meaning: 'from when it was sent on a connection to when its answer was complete.' },
  { term: 'Queue wait', meaning: 'from when it was released until a connection was free for it: the system’s doing.' },
  {
    term: 'Release lag',
    meaning: 'from when it was due to when the generator reached it: the generator’s own lateness.',
  },
  {
    term: 'p99, p99.9',
    meaning:
      '99 % or 99.9 % of the requests were at least so fast. Each trial gives one value; the median over trials is shown.',
  },
  {
    term: 'Trial, block',
    meaning:
      'a trial measures one variant once, with fresh processes. A block holds one trial of every variant, in an order drawn from the seed and balanced over blocks; differences are taken within blocks.',
  },
  {
    term: 'Interval',
    meaning:
      'the range that holds the true difference with the stated confidence (Hodges–Lehmann estimate with the exact signed-rank interval over blocks). Under six blocks there is none.',
  },
  {
    term: 'Smallest detectable',
    meaning: 'a smaller relative effect than this would probably have gone unseen in this run (power 80 %).',
  },
  {
    term: 'Veto',
    meaning:
      'a trial is vetoed when the harness or the machine spoiled it, never for its result. It is discarded and repeated within its block.',
  },
  {
    term: 'Conclusion',
    meaning:
      'better or worse: the interval lies on one side of zero, beyond the tolerance. Equivalent: it lies within the tolerance. Otherwise: cannot tell.',
  },
];
