import { FIRST_SEQUENCE_ID, SEQUENCE_IDS } from '../../wire/index.ts';

/**
 * The sequence ids of one connection. Each call has another, over more than two million calls, so that a reply which
 * comes twice or too late is not taken for that of a later call; and each tells its slot. Connections begin at ids of
 * their own, drawn, so that the reply to another connection's call is not taken for that of one's own.
 */
export class SequenceIds {
  private readonly slots: number;
  private readonly rounds: number;
  /** The id that each slot waits for; −1 where none. */
  private readonly waiting: Int32Array;
  private round: number;

  constructor(slots: number, random: () => number = Math.random) {
    this.slots = slots;
    this.rounds = Math.floor(SEQUENCE_IDS / slots);
    this.round = Math.floor(random() * this.rounds);
    this.waiting = new Int32Array(slots).fill(-1);
  }

  /** The id of a slot's next call. */
  draw(slot: number): number {
    this.round = (this.round + 1) % this.rounds;
    const id = FIRST_SEQUENCE_ID + this.round * this.slots + slot;
    this.waiting[slot] = id;
    return id;
  }

  /** The slot that waits for this id, which it does no longer; −1 where none does. */
  settle(id: number): number {
    const slot = (id - FIRST_SEQUENCE_ID) % this.slots;
    if (this.waiting[slot] !== id) return -1;
    this.waiting[slot] = -1;
    return slot;
  }
}
