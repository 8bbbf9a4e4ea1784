// Whole exchanges with a card: our commands must be the bytes of the transcript, and its answers
// must mean what the transcript says.
import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import {
  encodeCommand,
  parseCommand,
  parseResponse,
} from '../../../../terminal-adapter/apdu/apdu.ts';
import { exchange, type Transmit } from '../../../../terminal-adapter/apdu/exchange.ts';
import type { Command } from '../../../../terminal-adapter/commands/command.ts';
import { externalAuthenticate } from '../../../../terminal-adapter/commands/external-authenticate.ts';
import { generateAc } from '../../../../terminal-adapter/commands/generate-ac.ts';
import { getProcessingOptions } from '../../../../terminal-adapter/commands/get-processing-options.ts';
import {
  parseSsseRecord,
  readRecord,
  ssseText,
} from '../../../../terminal-adapter/commands/read-record.ts';
import {
  PBOC_DEBIT_AID,
  PSE_NAME,
  SSSE_AID,
  selectApplication,
} from '../../../../terminal-adapter/commands/select-application.ts';
import { EF05, EF06, selectFile } from '../../../../terminal-adapter/commands/select-file.ts';
import { verifyPin } from '../../../../terminal-adapter/commands/verify-pin.ts';
import { findTag, parseTlv } from '../../../../terminal-adapter/tlv/tlv.ts';
import { loadVectors } from '../../vectors/load-vectors.ts';

type Step = { readonly c: string; readonly r: string };
type Expected = Readonly<Record<string, string>> & {
  readonly triesLeft?: unknown;
  readonly dllCode?: unknown;
};

const vectors = new Map(
  loadVectors<{ steps: readonly Step[] }, Expected>('apdu').map((vector) => [vector.id, vector]),
);

function vector(id: string) {
  const found = vectors.get(id);
  if (found === undefined) throw new Error(`no vector ${id}`);
  return { steps: found.inputs.steps, expected: found.expected };
}

/** Le is optional for SELECT and READ RECORD in practice: the transcripts write it both ways. */
function withoutLe(hex: string): string {
  const command = parseCommand(fromHex(hex));
  if (!command.ok) throw new Error('the transcript holds a malformed command');
  return toHex(encodeCommand({ ...command.value, le: undefined }));
}

/**
 * Runs one command against one step: its bytes must be the step's, then its meaning is returned.
 */
function play<Args, Value, E>(
  step: Step | undefined,
  command: Command<Args, Value, E>,
  args: Args,
) {
  if (step === undefined) throw new Error('the transcript is too short');
  // P1 00 and 02 both select a file by its id; the transcripts use both.
  const form = (hex: string) => withoutLe(hex).replace(/^00A4000002/, '00A4020002');
  expect(form(toHex(command.getApdu(args)))).toBe(form(step.c));
  return command.parseResponse(fromHex(step.r));
}

function success<Value, E>(result: { ok: true; value: Value } | { ok: false; error: E }): Value {
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.error)}`);
  return result.value;
}

/**
 * A T=0 card behind a reader: header first, procedure byte, data, procedure byte before the answer.
 */
function t0Reader(steps: readonly Step[]): Transmit {
  const queue = [...steps];
  const next = (command: string) => {
    const step = queue.shift();
    expect(command).toBe(step?.c);
    return step?.r ?? '';
  };
  return (command) => {
    const hex = toHex(command);
    const hasData = command.length > 5;
    const header = next(hex.slice(0, 10));
    const answer = hasData ? next(hex.slice(10, 10 + 2 * (command[4] ?? 0))) : header;
    const procedureByte = hex.slice(2, 4);
    if (hasData) expect(header).toBe(procedureByte);
    return Promise.resolve(
      fromHex(answer.length > 4 && answer.startsWith(procedureByte) ? answer.slice(2) : answer),
    );
  };
}

describe('T=0', () => {
  test.each(['apdu-pse-t0', 'apdu-6c-t0'])('%s', async (id) => {
    const { steps, expected } = vector(id);
    const command =
      id === 'apdu-pse-t0'
        ? selectApplication(PSE_NAME).getApdu()
        : readRecord.getApdu({ record: 1, sfi: 1 });
    const response = parseResponse(await exchange(t0Reader(steps), command, 'T=0'));
    expect(response).toEqual({
      ok: true,
      value: {
        data: fromHex(expected['data'] ?? ''),
        sw: Number.parseInt(expected['sw'] ?? '', 16),
      },
    });
  });

  test('apdu-sw-61', async () => {
    const { steps } = vector('apdu-sw-61');
    const answers = steps.map((step) => fromHex(step.r));
    const sent: string[] = [];
    const command = selectApplication(SSSE_AID);
    const response = await exchange(
      (bytes) => {
        sent.push(toHex(bytes));
        return Promise.resolve(answers[sent.length - 1] ?? new Uint8Array(0));
      },
      command.getApdu(),
      'T=0',
    );
    expect(sent.map(withoutLe)).toEqual(steps.map((step) => withoutLe(step.c)));
    expect(sent[1]).toBe('00C000001B');
    expect(success(command.parseResponse(response)).algorithm).toBe('sm4');
  });
});

describe('bank application', () => {
  test('apdu-gpo80', () => {
    const { steps, expected } = vector('apdu-gpo80');
    const options = success(play(steps[0], getProcessingOptions, new Uint8Array(0)));
    expect(toHex(options.aip)).toBe(expected['aip']);
    expect(options.records).toEqual([
      { sfi: 1, record: 2 },
      { sfi: 2, record: 1 },
      { sfi: 2, record: 2 },
      { sfi: 2, record: 3 },
      { sfi: 2, record: 4 },
      { sfi: 3, record: 1 },
      { sfi: 3, record: 2 },
    ]);
  });

  test('apdu-gpo-pdol', () => {
    const refused = play(vector('apdu-gpo-pdol').steps[0], getProcessingOptions, fromHex('60F0C8'));
    expect(refused).toEqual({ ok: false, error: { code: 'STATUS_WORD', sw: 0x6985 } });
  });

  test('apdu-pboc-gac80', () => {
    const { steps, expected } = vector('apdu-pboc-gac80');
    const data = fromHex((steps[0]?.c ?? '').slice(10, -2));
    const answer = success(play(steps[0], generateAc, { kind: 'ARQC', data }));
    expect(answer.kind).toBe('ARQC');
    expect(toHex(answer.cid)).toBe(expected['cid']);
    expect(toHex(answer.atc)).toBe(expected['atc']);
    expect(toHex(answer.cryptogram)).toBe(expected['ac']);
    expect(toHex(answer.issuerData)).toBe(expected['iad']);
  });

  test('apdu-pboc-online', () => {
    const { steps, expected } = vector('apdu-pboc-online');
    expect(success(play(steps[0], selectApplication(PSE_NAME), undefined)).directorySfi).toBe(1);
    success(play(steps[1], readRecord, { record: 1, sfi: 1 }));
    const end = play(steps[2], readRecord, { record: 2, sfi: 1 });
    expect(end).toEqual({ ok: false, error: { code: 'STATUS_WORD', sw: 0x6a83 } });
    const { pdol } = success(play(steps[3], selectApplication(PBOC_DEBIT_AID), undefined));
    expect(toHex(pdol ?? new Uint8Array(0))).toBe('9F1A025F2A02');
    const options = success(play(steps[4], getProcessingOptions, fromHex('01560156')));
    expect(options.records.length).toBe(2);
    const records = options.records.map((address, index) =>
      success(play(steps[5 + index], readRecord, address)),
    );
    const tags = success(parseTlv(fromHex(records.map(toHex).join(''))));
    const field = (tag: string) => toHex(findTag(tags, tag) ?? new Uint8Array(0));
    expect(field('5A').replace('F', '')).toBe(expected['pan']);
    expect(field('5F24')).toBe(expected['expiry']);
    expect(field('5F34')).toBe(expected['psn']);
    const cdol1 = fromHex((steps[7]?.c ?? '').slice(10, -2));
    const arqc = success(play(steps[7], generateAc, { kind: 'ARQC', data: cdol1 }));
    expect(toHex(arqc.cryptogram)).toBe(expected['arqc']);
    success(play(steps[8], externalAuthenticate, fromHex(`${expected['arpc']}3030`)));
    const cdol2 = fromHex((steps[9]?.c ?? '').slice(10, -2));
    const tc = success(play(steps[9], generateAc, { kind: 'TC', data: cdol2 }));
    expect([tc.kind, toHex(tc.cryptogram)]).toEqual(['TC', expected['tc']]);
  });
});

describe('social-security application', () => {
  test('apdu-ssse-ef05: public data', () => {
    const { steps, expected } = vector('apdu-ssse-ef05');
    const selected = success(play(steps[0], selectApplication(SSSE_AID), undefined));
    expect(selected.algorithm).toBe(expected['algorithm']?.toLowerCase());
    success(play(steps[1], selectFile, EF05));
    const values = new Map<string, Uint8Array>();
    for (let record = 1; record <= 7; record++) {
      const bytes = success(play(steps[1 + record], readRecord, { record, sfi: 0 }));
      const { tag, value } = success(parseSsseRecord(bytes));
      values.set(tag, value);
    }
    const text = (tag: string) => ssseText(values.get(tag) ?? new Uint8Array(0));
    const hex = (tag: string) => toHex(values.get(tag) ?? new Uint8Array(0));
    expect(hex('01')).toBe(expected['cardId']);
    expect(text('02')).toBe(expected['class']);
    expect(text('03')).toBe(expected['version']);
    expect(hex('04')).toBe(expected['issuer']);
    expect(hex('05')).toBe(expected['issued']);
    expect(hex('06')).toBe(expected['expires']);
    expect(text('07')).toBe(expected['cardNo']);
  });

  test('apdu-ssse-v2-pin: personal data after the PIN', () => {
    const { steps, expected } = vector('apdu-ssse-v2-pin');
    success(play(steps[3], verifyPin, '123456'));
    success(play(steps[4], selectFile, EF06));
    const record = (index: number) =>
      success(
        parseSsseRecord(success(play(steps[4 + index], readRecord, { record: index, sfi: 0 }))),
      );
    expect(ssseText(record(1).value)).toBe(expected['idNo']);
    expect(ssseText(record(2).value)).toBe(expected['name']);
    expect(ssseText(record(4).value)).toBe(expected['sex']);
    expect(toHex(record(5).value)).toBe(expected['nation']);
    expect(toHex(record(6).value)).toBe(expected['birthplace']);
    expect(toHex(record(7).value)).toBe(expected['birth']);
  });

  test('apdu-ssse-ef06-denied: personal data without a right', () => {
    const { steps } = vector('apdu-ssse-ef06-denied');
    const refused = play(steps[2], readRecord, { record: 1, sfi: 0 });
    expect(refused).toEqual({ ok: false, error: { code: 'STATUS_WORD', sw: 0x6982 } });
  });

  test('apdu-ssse-pin: three wrong entries lock, and a right one stays refused', () => {
    const { steps } = vector('apdu-ssse-pin');
    const answers = ['000000', '111111', '222222', '123456'].map((pin, index) =>
      play(steps[1 + index], verifyPin, pin),
    );
    expect(answers).toEqual([
      { ok: false, error: { code: 'PIN_WRONG', triesLeft: 2 } },
      { ok: false, error: { code: 'PIN_WRONG', triesLeft: 1 } },
      { ok: false, error: { code: 'PIN_LOCKED' } },
      { ok: false, error: { code: 'PIN_LOCKED' } },
    ]);
  });

  test('apdu-ssse-not-found: a bank card', () => {
    const refused = play(
      vector('apdu-ssse-not-found').steps[0],
      selectApplication(SSSE_AID),
      undefined,
    );
    expect(refused).toEqual({ ok: false, error: { code: 'STATUS_WORD', sw: 0x6a82 } });
  });
});

describe('records', () => {
  type Record = { tag: string; length: number; value: string; text?: string };
  test.each(loadVectors<{ data: string }, Record>('ssse-record'))('$id', ({ inputs, expected }) => {
    const { tag, value } = success(parseSsseRecord(fromHex(inputs.data)));
    expect([tag, value.length, toHex(value)]).toEqual([
      expected.tag,
      expected.length,
      expected.value,
    ]);
    if (expected.text !== undefined) expect(ssseText(value)).toBe(expected.text);
  });
});
