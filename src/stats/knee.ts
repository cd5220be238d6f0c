/** One trial of a search: at this rate what was asked for held, or it did not. */
export interface KneeTrial {
  readonly rate: number;
  readonly held: boolean;
}

/** Where the knee is looked for, in 1/s. */
export interface KneeRange {
  readonly from: number;
  readonly to: number;
}

/** What is known of a knee after some trials. */
export interface Knee {
  /** Median, and 2.5 % and 97.5 % quantiles, of what the trials leave possible, 1/s. */
  readonly estimate: number;
  readonly lower: number;
  readonly upper: number;
  /** `above` and `below` where the interval reaches the end of the range: the knee may lie beyond it. */
  readonly place: 'within' | 'above' | 'below';
}

const PLACES = 400;
/** How wide the passage is in which trials now hold and now do not, as a standard deviation of ln rate. */
const WIDTHS = [0.008, 0.02, 0.05, 0.12, 0.25];
/** A trial far under the knee fails that often, since something disturbed it; one far over it holds that often. */
const FALSE_ALARM = 0.04;
const LUCK = 0.01;
const TAIL = 0.025;
/** The next rate is one of so many quantiles of what is possible. */
const CANDIDATES = 19;

/**
 * The chances of every place and width of a knee, given trials, after C. S. Watson and D. G. Pelli, "QUEST: a Bayesian adaptive
 * psychometric method", Perception & Psychophysics 33 (1983): a trial at rate x holds with the probability
 * LUCK + (1 − LUCK − FALSE_ALARM) · F((ln knee − ln x) / width), F being the logistic function. So the knee is the rate at which a
 * trial holds as often as not, disturbances apart. Every place in the range is as likely as any other on a logarithmic scale
 * before the first trial, and every width as any other.
 */
export class KneeSearch {
  private readonly logs: Float64Array;
  /** By width, then by place; they add up to 1. */
  private readonly chances: readonly Float64Array[];

  /** @throws RangeError unless 0 < from < to and all rates are above 0. */
  constructor({ from, to }: KneeRange, trials: readonly KneeTrial[]) {
    if (!(from > 0 && to > from && Number.isFinite(to))) throw new RangeError(`${from} to ${to} is no range of rates`);
    const step = Math.log(to / from) / (PLACES - 1);
    this.logs = Float64Array.from({ length: PLACES }, (_, place) => Math.log(from) + place * step);
    this.chances = normalised(WIDTHS.map((width) => this.logs.map((log) => likelihood(trials, log, width))));
  }

  /** What is known of the knee. */
  get knee(): Knee {
    const places = this.places();
    const [first, last] = [places[0] ?? 0, places.at(-1) ?? 0];
    return {
      estimate: this.rateAt(places, 0.5),
      lower: this.rateAt(places, TAIL),
      upper: this.rateAt(places, 1 - TAIL),
      place: last > TAIL ? 'above' : first > TAIL ? 'below' : 'within',
    };
  }

  /**
   * The rate at which the next trial tells most: of some quantiles of what is possible the one after which the places of
   * the knee are expected to have the least entropy, whatever the width; L. L. Kontsevich and C. W. Tyler, "Bayesian adaptive
   * estimation of psychometric slope and threshold", Vision Research 39 (1999). Three significant digits.
   */
  next(): number {
    const places = this.places();
    let best = { rate: this.rateAt(places, 0.5), entropy: Number.POSITIVE_INFINITY };
    for (let candidate = 1; candidate <= CANDIDATES; candidate += 1) {
      const rate = Number(this.rateAt(places, candidate / (CANDIDATES + 1)).toPrecision(3));
      const entropy = this.expectedEntropy(Math.log(rate));
      if (entropy < best.entropy - 1e-9) best = { rate, entropy };
    }
    return best.rate;
  }

  /** How many times the knee of another search this one's is: median and interval of all pairs of places. */
  over(other: KneeSearch): Omit<Knee, 'place'> {
    const its = other.likely();
    const pairs = this.likely()
      .flatMap((mine) => its.map(({ log, chance }) => ({ log: mine.log - log, chance: mine.chance * chance })))
      .sort((a, b) => a.log - b.log);
    const total = pairs.reduce((sum, { chance }) => sum + chance, 0);
    const quantile = (fraction: number): number => {
      let left = fraction * total;
      for (const { log, chance } of pairs) {
        left -= chance;
        if (left <= 0) return Math.exp(log);
      }
      return Math.exp(pairs.at(-1)?.log ?? 0);
    };
    return { estimate: quantile(0.5), lower: quantile(TAIL), upper: quantile(1 - TAIL) };
  }

  /** Places that are not out of the question. */
  private likely(): readonly { readonly log: number; readonly chance: number }[] {
    const places = this.places();
    return [...this.logs].map((log, at) => ({ log, chance: places[at] ?? 0 })).filter(({ chance }) => chance > 1e-5);
  }

  /** The chance of each place, whatever the width. */
  private places(): Float64Array {
    return this.logs.map((_, place) => this.chances.reduce((sum, chances) => sum + (chances[place] ?? 0), 0));
  }

  /** Between two places of the grid by how much of the second's chance is needed. */
  private rateAt(places: Float64Array, fraction: number): number {
    let sum = 0;
    for (const [place, chance] of places.entries()) {
      if (sum + chance >= fraction && chance > 0) {
        const [here = 0, before = here] = [this.logs[place], this.logs[place - 1]];
        return Math.exp(before + ((fraction - sum) / chance) * (here - before));
      }
      sum += chance;
    }
    return Math.exp(this.logs.at(-1) ?? 0);
  }

  private expectedEntropy(log: number): number {
    const held = new Float64Array(PLACES);
    const failed = new Float64Array(PLACES);
    for (const [at, width] of WIDTHS.entries()) {
      for (const [place, knee] of this.logs.entries()) {
        const chance = this.chances[at]?.[place] ?? 0;
        const holds = holding(knee, log, width);
        held[place] = (held[place] ?? 0) + chance * holds;
        failed[place] = (failed[place] ?? 0) + chance * (1 - holds);
      }
    }
    return unnormalisedEntropy(held) + unnormalisedEntropy(failed);
  }
}

function holding(knee: number, log: number, width: number): number {
  return LUCK + (1 - LUCK - FALSE_ALARM) / (1 + Math.exp(-(knee - log) / width));
}

function likelihood(trials: readonly KneeTrial[], knee: number, width: number): number {
  return trials.reduce((product, { rate, held }) => {
    const holds = holding(knee, Math.log(rate), width);
    return product * (held ? holds : 1 - holds);
  }, 1);
}

/** Entropy of chances that add up to their own probability, weighted by it. */
function unnormalisedEntropy(chances: Float64Array): number {
  const total = chances.reduce((sum, chance) => sum + chance, 0);
  return chances.reduce((sum, chance) => (chance > 0 ? sum - chance * Math.log(chance / total) : sum), 0);
}

function normalised(chances: readonly Float64Array[]): readonly Float64Array[] {
  const total = chances.reduce((sum, row) => sum + row.reduce((part, chance) => part + chance, 0), 0);
  return chances.map((row) => row.map((chance) => chance / total));
}
