// The PC/SC service fails in known ways: not installed, not running, mute card, empty answer,
// restarted. Each must end in time and leave a reader that works again.
import { EventEmitter } from 'node:events';

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { fromHex } from '../../../../engine/base/crypto/bytes.ts';
import { openPcscReader } from '../../../../terminal-adapter/readers/pcsc-reader.ts';

type Done<T> = (error: unknown, value: T) => void;

/** A service that is told what to answer; `contexts` counts how often it was opened. */
function fakeService() {
  const devices: ReturnType<typeof makeDevice>[] = [];
  const service = {
    contexts: [] as EventEmitter[],
    devices,
    answer: ((_data, done) => done(null, fromHex('9000'))) as (
      data: Buffer,
      done: Done<Uint8Array>,
    ) => void,
    connectError: null as unknown,
    isRunning: true,
    canDisconnect: false,
    readerNames: ['Reader A'],
    load: () => Promise.resolve({ default: open }),
  };

  function makeDevice(name: string) {
    return Object.assign(new EventEmitter(), {
      name,
      isClosed: false,
      SCARD_SHARE_EXCLUSIVE: 1,
      SCARD_UNPOWER_CARD: 2,
      SCARD_STATE_PRESENT: 32,
      connect: (_mode: unknown, done: Done<number>) => done(service.connectError, 2),
      disconnect: (_disposition: number, done: (error: unknown) => void) =>
        done(
          service.canDisconnect ? null : new Error('SCardDisconnect error: whatever.(0x80100003)'),
        ),
      transmit: (data: Buffer, _max: number, _protocol: number, done: Done<Uint8Array>) =>
        service.answer(data, done),
      close() {
        this.isClosed = true;
      },
    });
  }

  function open() {
    if (!service.isRunning)
      throw new Error('SCardEstablishContext error: Service not available.(0x8010001d)');
    const context: EventEmitter & { close: () => void } = Object.assign(new EventEmitter(), {
      close: () =>
        void context.emit(
          'error',
          new Error('SCardGetStatusChange error: Command cancelled.(0x80100002)'),
        ),
    });
    service.contexts.push(context);
    process.nextTick(() => {
      for (const name of service.readerNames) {
        const device = makeDevice(name);
        devices.push(device);
        context.emit('reader', device);
        device.emit('status', { state: 32, atr: Buffer.from('3B6D00', 'hex') });
      }
    });
    return context;
  }

  return service;
}

async function opened(service: ReturnType<typeof fakeService>, name?: string) {
  const reader = await openPcscReader({
    timeoutMs: 500,
    load: service.load,
    ...(name === undefined ? {} : { name }),
  });
  if (!reader.ok) throw new Error(reader.error);
  return reader.value;
}

const command = fromHex('0084000008');

describe('without PC/SC', () => {
  const unavailable = { ok: false, error: 'PCSC_UNAVAILABLE' };

  test('the package is not installed, or is another thing', async () => {
    const missing = () => Promise.reject(new Error('Cannot find package'));
    expect(await openPcscReader({ timeoutMs: 500, load: missing })).toEqual(unavailable);
    expect(await openPcscReader({ timeoutMs: 500, load: () => Promise.resolve({}) })).toEqual(
      unavailable,
    );
  });

  test('the service does not run', async () => {
    const service = fakeService();
    service.isRunning = false;
    expect(await openPcscReader({ timeoutMs: 500, load: service.load })).toEqual(unavailable);
  });

  test('no reader of that name is plugged in', async () => {
    const service = fakeService();
    expect(await openPcscReader({ timeoutMs: 1, load: service.load, name: 'Reader B' })).toEqual({
      ok: false,
      error: 'PCSC_NO_READER',
    });
    await vi.waitFor(() => expect(service.devices.map(({ isClosed }) => isClosed)).toEqual([true]));
  });
});

test('the reader is chosen by a part of its name; all are closed in the end', async () => {
  const service = fakeService();
  service.readerNames = ['Reader A 00', 'Reader B 00'];
  const reader = await opened(service, 'Reader B');
  expect(reader.name).toBe('Reader B 00');
  expect(service.devices.some((device) => device.isClosed)).toBe(false);
  await reader.close();
  await vi.waitFor(() => expect(service.devices.every((device) => device.isClosed)).toBe(true));
});

test.each([
  ['0x8010000b', 'CARD_BUSY'],
  ['0x8010000c', 'NO_CARD'],
  ['0x80100069', 'CARD_GONE'],
  ['0x80100017', 'READER_GONE'],
])('connection refused with %s: %s', async (hex, code) => {
  const service = fakeService();
  service.connectError = new Error(`SCardConnect error: whatever.(${hex})`);
  const reader = await opened(service);
  await expect(reader.connect()).rejects.toMatchObject({ code });
});

test('nothing more is asked of a card that was pulled in the middle', async () => {
  const service = fakeService();
  service.canDisconnect = true;
  let asked = 0;
  service.answer = (_data, done) => {
    asked += 1;
    done(null, new Uint8Array(0));
  };
  const connection = await (await opened(service)).connect();
  for (const _ of [1, 2]) {
    await expect(connection.transmit(command)).rejects.toMatchObject({ code: 'CARD_GONE' });
  }
  expect(asked).toBe(1);
  await connection.disconnect();
});

test.each([
  ['an empty answer, as a pulled card leaves it, is told as that', '', 'CARD_GONE'],
  ['half a status word is no answer', '90', 'RESPONSE_SHORT'],
])('%s', async (_name, answer, code) => {
  const service = fakeService();
  service.answer = (_data, done) => done(null, fromHex(answer));
  const connection = await (await opened(service)).connect();
  await expect(connection.transmit(command)).rejects.toMatchObject({ code });
  await connection.disconnect();
});

test('a reader without card says so, and notices card after card', async () => {
  const service = fakeService();
  const reader = await opened(service);
  const removal = reader.waitForRemoval(10_000);
  service.devices[0]?.emit('status', { state: 16 });
  expect(await removal).toBe(true);
  await expect(reader.connect()).rejects.toMatchObject({ code: 'NO_CARD' });
  const arrival = reader.waitForCard(10_000);
  service.devices[0]?.emit('status', { state: 32, atr: Buffer.from('3B00', 'hex') });
  expect(await arrival).toBe(true);
  expect((await reader.connect()).atr).toEqual(fromHex('3B00'));
});

describe('after a loss', () => {
  test.each([
    [
      'the reader is unplugged',
      (service: ReturnType<typeof fakeService>) => service.devices[0]?.emit('end'),
    ],
    [
      'the reader fails',
      (service: ReturnType<typeof fakeService>) =>
        service.devices[0]?.emit('error', new Error('lost')),
    ],
    [
      'the service stops',
      (service: ReturnType<typeof fakeService>) =>
        service.contexts[0]?.emit('error', new Error('lost')),
    ],
  ])('%s: a new context finds the card again', async (_name, lose) => {
    const service = fakeService();
    const reader = await opened(service);
    const connection = await reader.connect();
    lose(service);
    await expect(connection.transmit(command)).rejects.toMatchObject({ code: 'CARD_GONE' });
    await expect(reader.connect()).rejects.toMatchObject({ code: 'READER_GONE' });
    expect(await reader.waitForCard(10_000)).toBe(true);
    expect(await (await reader.connect()).transmit(command)).toEqual(fromHex('9000'));
    expect(service.contexts.length).toBe(2);
    await reader.close();
  });

  test('while the service is down, waiting ends at its limit', async () => {
    const service = fakeService();
    const reader = await opened(service);
    service.contexts[0]?.emit('error', new Error('lost'));
    service.isRunning = false;
    expect(await reader.waitForCard(1)).toBe(false);
  });
});

describe('a mute card', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => void vi.useRealTimers());

  test('does not hold the counter up, and nothing is closed under its call', async () => {
    const service = fakeService();
    const connection = await (await opened(service)).connect();
    let finish: (() => void) | undefined;
    service.answer = (_data, done) => {
      finish = () => done(null, new Uint8Array(0));
    };
    const failure = expect(connection.transmit(command)).rejects.toMatchObject({
      code: 'READER_TIMEOUT',
    });
    await vi.advanceTimersByTimeAsync(500);
    await failure;
    vi.useRealTimers();
    expect(service.devices[0]?.isClosed).toBe(false);
    finish?.();
    await vi.waitFor(() => expect(service.devices[0]?.isClosed).toBe(true));
  });
});

describe('a card that is pulled while it is connected', () => {
  test('its connection is given back, and the next card gets a new one', async () => {
    const service = fakeService();
    service.canDisconnect = true;
    const reader = await opened(service);
    const first = await reader.connect();
    service.devices[0]?.emit('status', { state: 16 });
    service.devices[0]?.emit('status', { state: 32 });
    await expect(first.transmit(command)).rejects.toMatchObject({ code: 'CARD_GONE' });
    const second = await reader.connect();
    await first.disconnect();
    expect(await second.transmit(command)).toEqual(fromHex('9000'));
    await expect(reader.connect()).rejects.toMatchObject({ code: 'CARD_BUSY' });
    await second.disconnect();
    expect(service.contexts.length).toBe(1);
    await reader.connect();
  });

  test('if it cannot be given back, a new context is made', async () => {
    const service = fakeService();
    const reader = await opened(service);
    await reader.connect();
    service.devices[0]?.emit('status', { state: 16 });
    await vi.waitFor(() => expect(service.contexts.length).toBe(2));
    expect(await reader.waitForCard(10_000)).toBe(true);
    expect(await (await reader.connect()).transmit(command)).toEqual(fromHex('9000'));
  });
});
