import { z } from 'zod';

export const count = z.int().nonnegative();
export const ns = z.number();
/** A record is untrusted: what it may hold of each kind of text is bounded. */
export const name = z.string().max(1000);
export const sentence = z.string().max(5000);
