import type { IncomingMessage } from 'node:http';

/** The bytes of a request's body, or that there are more than allowed. */
export type ReceivedBody =
  | { readonly kind: 'whole'; readonly bytes: Uint8Array }
  | { readonly kind: 'too-large' };

export type BodyReading = {
  readonly bytesMax: number;
  /** Told of each part as it arrives. */
  readonly onBytes?: (count: number) => void;
};

const NO_BODY: ReceivedBody = { kind: 'whole', bytes: new Uint8Array() };
const received = new WeakMap<IncomingMessage, ReceivedBody>();
const completeSince = new WeakMap<IncomingMessage, number>();

/** When the request was complete, performance.now(). @returns the present for one that was never waited for */
export function completionOf(request: IncomingMessage): number {
  return completeSince.get(request) ?? performance.now();
}

/**
 * Calls `done` when the whole body is there, at once if it was read before or there is none. A sender that
 * breaks off is never told of. Whoever asks first reads; the framework gets the same bytes later.
 */
export function receiveBody(
  request: IncomingMessage,
  { bytesMax, onBytes }: BodyReading,
  done: (body: ReceivedBody) => void,
): void {
  const known = received.get(request) ?? (hasBody(request) ? undefined : NO_BODY);
  if (known !== undefined) {
    if (!completeSince.has(request)) completeSince.set(request, performance.now());
    done(known);
    return;
  }
  const finish = (body: ReceivedBody) => {
    request.off('data', take).off('end', end);
    received.set(request, body);
    completeSince.set(request, performance.now());
    done(body);
  };
  const parts: Uint8Array[] = [];
  let size = 0;
  const take = (part: Uint8Array) => {
    size += part.length;
    onBytes?.(part.length);
    if (size > bytesMax) finish({ kind: 'too-large' });
    else parts.push(part);
  };
  const end = () => finish({ kind: 'whole', bytes: Buffer.concat(parts, size) });
  if (Number(request.headers['content-length']) > bytesMax) finish({ kind: 'too-large' });
  else request.on('data', take).on('end', end);
}

function hasBody({ headers }: IncomingMessage): boolean {
  if (headers['transfer-encoding'] !== undefined) return true;
  return (headers['content-length'] ?? '0') !== '0';
}
