import { MESSAGE, PreparedMessage } from '../../wire/index.ts';
import type { Protocol, RequestEncoder } from '../protocol.ts';
import { SequenceIds } from './sequence-ids.ts';
import { ThriftAnswers } from './thrift-answers.ts';
import type { ThriftRequest } from './thrift-request.ts';

/** Thrift: messages that were encoded once, each with the sequence id of its call. */
export const thrift: Protocol<ThriftRequest> = {
  name: 'thrift',
  converse: (request) => {
    const ids = new SequenceIds(request.pipeline);
    return {
      concurrency: request.pipeline,
      answered: !request.oneway,
      encoder: new ThriftEncoder(request, ids),
      reader: new ThriftAnswers(request, ids),
    };
  },
};

class ThriftEncoder implements RequestEncoder {
  readonly preface = '';
  readonly cancel = undefined;
  private readonly ids: SequenceIds;
  /** One per slot: the socket may still hold a message while the next is sent. */
  private readonly messages: readonly PreparedMessage[];

  constructor(request: ThriftRequest, ids: SequenceIds) {
    this.ids = ids;
    const kind = request.oneway ? MESSAGE.oneway : MESSAGE.call;
    const { format, call: name, headers } = request;
    const body = Buffer.from(request.body, 'base64');
    this.messages = Array.from(
      { length: request.pipeline },
      () => new PreparedMessage({ ...format, kind, name, headers, body }),
    );
  }

  encode(slot: number): Buffer {
    const message = this.messages[slot];
    if (message === undefined) throw new RangeError(`there is no slot ${slot}`);
    message.setSequenceId(this.ids.draw(slot));
    return message.bytes;
  }
}
