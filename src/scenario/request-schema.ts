import { z } from 'zod';
import { BOUNDS } from './bounds.ts';
import { size } from './fields.ts';

/** What the load writes itself: a second one would contradict it. */
const OWN_HEADERS: readonly string[] = ['content-length', 'transfer-encoding'];

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}$/u, "must be a header's name")
  .refine((name) => !OWN_HEADERS.includes(name.toLowerCase()), 'is written by the load itself');

const headerValue = z
  .string({ error: 'must be text; write numbers in quotes' })
  .regex(/^[\t -~]*$/u, 'must be printable ASCII')
  .max(8000);

const payload = size(BOUNDS.body);

/** What a request is made of. */
export const requestShape = {
  method: z.enum(['GET', 'POST', 'PUT', 'DELETE', 'HEAD']).describe('request method'),
  path: z
    .string()
    .regex(/^\/[!-~]*$/u, 'must start with / and hold printable ASCII without spaces')
    .max(2048)
    .meta({ examples: ['/cart?items=3'] })
    .describe('request path'),
  headers: z
    .record(headerName, headerValue)
    .meta({ examples: [{ accept: 'application/json' }] })
    .describe('request headers; host is the service that is called unless it is given here'),
  payload: payload.describe('size of the request body; needs POST or PUT'),
  body: z
    .string()
    .max(100_000)
    .meta({ examples: ['{"items": 3}'] })
    .describe('text of the request body, in place of a payload; needs POST or PUT'),
};

/** One of several requests; what it does not say is as for all. */
export const targetSchema = z
  .strictObject({
    weight: z
      .int()
      .min(1)
      .max(1000)
      .meta({ examples: [9] })
      .describe('how often it is sent in comparison with the others'),
    ...z.strictObject(requestShape).partial().shape,
  })
  .describe('a request of its own');
