import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { createSoftwarePinPad, type SoftwarePinPadOptions } from '../agent/pin-pad.ts';
import { type ClientTls, createTlsFetch } from '../client/tls-fetch.ts';
import { openPcscReader } from '../readers/pcsc-reader.ts';
import type { Reader } from '../readers/reader.ts';
import { createSimulatedReader } from '../readers/simulated-reader.ts';
import { readCardState, writeCardState } from '../virtual-card/card-state-file.ts';
import { createVirtualCard } from '../virtual-card/virtual-card.ts';
import {
  CounterError,
  type CounterFile,
  type ReaderSettings,
  readCounterFile,
} from './counter-file.ts';
import { type Counter, openCounter, systemClock } from './open-counter.ts';

/** Of one exchange with a card, and of finding the reader, ms. */
const READER_MS = 10_000;

/**
 * Opens the counter that a file describes (see `CounterFile`), with a PIN pad in this program.
 * @param askPin the holder's digits, or undefined when the holder gives up
 * @throws CounterError when the file is not in order or there is no such reader
 */
export async function openCounterFile(
  path: string,
  askPin: SoftwarePinPadOptions['askPin'],
): Promise<Counter> {
  const { baseUrls, terminal, bankMasterKey, journalFile, ...rest } = readCounterFile(path);
  const { trustedAnswerKey, nextAnswerKey, tls } = rest;
  const masterKey = fromHex(terminal.masterKey);
  return openCounter({
    ...{ baseUrls, terminal, journalFile, ...(trustedAnswerKey && { trustedAnswerKey }) },
    ...(nextAnswerKey && { nextAnswerKey }),
    ...(tls && { fetch: createTlsFetch(readTls(path, tls)) }),
    reader: await openReader(rest.reader),
    pinPad: createSoftwarePinPad({
      ...{ masterKey, bankMasterKey: fromHex(bankMasterKey), askPin, clock: systemClock },
    }),
  });
}

function readTls(path: string, tls: NonNullable<CounterFile['tls']>): ClientTls {
  const read = (name: keyof typeof tls) => {
    const file = tls[name];
    if (file === undefined) return undefined;
    try {
      return readFileSync(resolve(dirname(path), file), 'utf8');
    } catch {
      throw new CounterError({
        zh: `无法读取 ${file}（tls.${name}）`,
        en: `${file} (tls.${name}) cannot be read`,
      });
    }
  };
  return {
    authority: read('authorityFile'),
    certificate: read('certificateFile'),
    key: read('keyFile'),
  };
}

async function openReader(settings: ReaderSettings): Promise<Reader> {
  if (settings.kind === 'virtual-card') return openVirtualCard(settings);
  const { name } = settings;
  const opened = await openPcscReader({ ...(name && { name }), timeoutMs: READER_MS });
  if (opened.ok) return opened.value;
  throw new CounterError(
    opened.error === 'PCSC_NO_READER'
      ? { zh: '未找到读卡器', en: 'There is no such card reader' }
      : {
          zh: '智能卡服务未运行，或未安装 pcsclite',
          en: 'The smart-card service does not run, or the package pcsclite is not installed',
        },
  );
}

/** The card lies in the reader from the beginning; closing the reader keeps what its chip knows. */
function openVirtualCard({
  personalisation,
  stateFile,
}: Extract<ReaderSettings, { readonly kind: 'virtual-card' }>): Reader {
  const state = readCardState(stateFile);
  const random = (count: number) => randomBytes(count);
  const card = createVirtualCard(personalisation, { random, ...(state && { state }) });
  const reader = createSimulatedReader({ card });
  return {
    ...reader,
    close: async () => {
      await reader.close();
      writeCardState(stateFile, card.exportState());
    },
  };
}
