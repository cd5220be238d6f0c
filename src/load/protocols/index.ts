import type { Protocol } from '../protocol.ts';
import { http } from './http.ts';

/** Every protocol that a scenario can name. A new one is a file here and a line. */
export const PROTOCOLS: Readonly<Record<'http', Protocol>> = { http };
