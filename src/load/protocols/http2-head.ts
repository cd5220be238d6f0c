import { VERSION_HEADER } from '../../wire/index.ts';
import { MalformedAnswer } from './malformed-answer.ts';

const COLON = 58;
/** Version tags that are longer are cut, as with HTTP/1.1. */
const LONGEST_VERSION = 40;

/** What a head or trailers say that outcomes need. Reused from one to the next. */
export class Http2Head {
  /** 0 where there is none. */
  status = 0;
  /** −1 where there is none. */
  contentLength = -1;
  version = '';
  contentType = '';
  /** Empty where there is none. */
  grpcStatus = '';
  grpcMessage = '';
  private malformed = '';
  private regular = false;

  clear(): void {
    this.status = 0;
    this.contentLength = -1;
    this.version = '';
    this.contentType = '';
    this.grpcStatus = '';
    this.grpcMessage = '';
    this.malformed = '';
    this.regular = false;
  }

  add(name: string, value: string): void {
    if (name.charCodeAt(0) === COLON) this.pseudo(name, value);
    else this.regular = true;
    switch (name) {
      case VERSION_HEADER:
        this.version = value.slice(0, LONGEST_VERSION);
        break;
      case 'content-length':
        this.contentLength = /^\d{1,15}$/u.test(value) ? Number(value) : this.complain(`a content-length "${value}"`);
        break;
      case 'content-type':
        this.contentType = value;
        break;
      case 'grpc-status':
        this.grpcStatus = value;
        break;
      case 'grpc-message':
        this.grpcMessage = value;
        break;
    }
  }

  /** @throws MalformedAnswer where it is none of an answer. */
  check(trailers: boolean): void {
    if (this.malformed !== '') throw new MalformedAnswer(this.malformed);
    if (!trailers && this.status === 0) throw new MalformedAnswer('a head without a status');
    if (trailers && this.status !== 0) throw new MalformedAnswer('a status in trailers');
  }

  private pseudo(name: string, value: string): void {
    if (name !== ':status' || this.regular || this.status !== 0) this.complain(`a field ${name} out of its place`);
    else if (/^[1-9]\d\d$/u.test(value)) this.status = Number(value);
    else this.complain(`a status "${value}"`);
  }

  private complain(what: string): -1 {
    if (this.malformed === '') this.malformed = what.slice(0, 200);
    return -1;
  }
}
