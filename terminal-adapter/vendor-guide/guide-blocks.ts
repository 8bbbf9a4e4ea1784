/** The worked bytes as blocks of the vendor's guide: names and values, the same in both languages. */

import { fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { errorRegistry } from '../../engine/base/errors/error-registry.ts';
import { parseTlv } from '../tlv/tlv.ts';
import type { Exchanged } from './card-vectors.ts';
import type { TerminalVectors } from './terminal-vectors.ts';

type Rows = readonly (readonly [name: string, value: string | number])[];

/** Names in one column, values behind; a value of several lines is set in. */
function list(rows: Rows): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  return rows
    .map(([name, value]) => {
      const lines = String(value).split('\n');
      const [first = '', ...rest] = lines;
      return [name.padEnd(width) + first, ...rest.map((line) => ' '.repeat(width) + line)].join(
        '\n',
      );
    })
    .join('\n');
}

function fence(...parts: readonly string[]): string {
  return ['```text', ...parts, '```'].join('\n');
}

type Request = TerminalVectors['requests']['signIn'];

function requestText({ method, target, body, headers }: Request): string {
  const type = body === '' ? [] : ['Content-Type: application/json'];
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [
    `${method} ${target} HTTP/1.1`,
    ...type,
    ...lines,
    ...(body === '' ? [] : ['', body]),
  ].join('\n');
}

function requestBlock(request: Request, keys: Rows): string {
  return [fence(list(keys)), fence(request.base), fence(requestText(request))].join('\n\n');
}

function answerText(answer: TerminalVectors['answers']['plain']): string {
  const lines = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`);
  return [`HTTP/1.1 ${answer.status} OK`, ...lines, '', answer.body].join('\n');
}

function apduList(exchanged: readonly Exchanged[]): string {
  return exchanged.map(({ command, response }) => `> ${command}\n< ${response}`).join('\n');
}

function tlvList(hex: string): string {
  const parsed = parseTlv(fromHex(hex));
  if (!parsed.ok) throw new Error(parsed.error);
  return list(
    parsed.value.map(({ tag, value }) => [
      tag,
      `${value.length.toString().padStart(2)}  ${toHex(value)}`,
    ]),
  );
}

/** Codes of the registry by what a terminal does with them. */
function codeTable(): string {
  const groups = new Map<string, string[]>();
  for (const [code, { money, retry }] of Object.entries(errorRegistry)) {
    const group = `${money} / ${retry}`;
    groups.set(group, [...(groups.get(group) ?? []), `\`${code}\``]);
  }
  const rows = [...groups].map(([group, codes]) => `| ${group} | ${codes.join(' ')} |`);
  return ['| moneyEffect / retry | code |', '| --- | --- |', ...rows].join('\n');
}

/** Each block by the name with which the guide asks for it. */
export function guideBlocks(vectors: TerminalVectors): ReadonlyMap<string, string> {
  const { terminal, sessionKeys, requests, card } = vectors;
  return new Map([
    ['keys', fence(list(keyRows(vectors)))],
    ['sign-in', requestBlock(requests.signIn, [['Ed25519', terminal.privateKey]])],
    ['unwrap', fence(...Object.entries(sessionKeys).map(([name, key]) => unwrapText(name, key)))],
    ['challenge', requestBlock(requests.challenge, [['HMAC-SM3', sessionKeys.macKey.clear]])],
    ['enquiry', requestBlock(requests.enquiry, [['HMAC-SM3', sessionKeys.macKey.clear]])],
    ...answerBlocks(vectors),
    ['medical-pin', fence(list(Object.entries(vectors.medicalPin)))],
    ['bank-pin', fence(list(Object.entries(vectors.bankPin)))],
    ['read-card', apdusAndJson(card.reading.apdus, card.reading.card)],
    ['prove', fence(apduList(card.proving.apdus))],
    ['authorise', apdusAndJson(card.authorising.apdus, card.authorising.bank)],
    ['field-55', fence(tlvList(card.authorising.bank.chipData))],
    ['finish', fence(apduList(card.finishing.apdus))],
    ['codes', codeTable()],
  ]);
}

function keyRows({ terminal }: TerminalVectors): Rows {
  const { answerKey, ...own } = terminal;
  return [
    ...Object.entries(own),
    ['answerKey.keyId', answerKey.keyId],
    ['answerKey.publicKey', answerKey.publicKey],
  ];
}

function unwrapText(name: string, key: TerminalVectors['sessionKeys']['pinKey']): string {
  const { algorithm, under, wrapped, clear, checkValue } = key;
  return list([
    [name, wrapped],
    [`  ${algorithm}, key`, under],
    ['  clear', clear],
    ['  check value', checkValue],
  ]);
}

function answerBlocks({ answers }: TerminalVectors): [string, string][] {
  const { plain, tree, acceptSignature } = answers;
  const { rootSignature, index, leaves, path } = tree.parts;
  const parts = list([
    ['root signature', rootSignature],
    ['index, leaves', `${index} ${leaves}`],
    ['path', path.join('\n')],
    ['leaf hash', tree.leaf],
    ['signed', tree.signed],
  ]);
  return [
    ['answer', [fence(answerText(plain)), fence(plain.base)].join('\n\n')],
    ['accept', fence(`Accept-Signature: ${acceptSignature}`)],
    ['answer-tree', [fence(answerText(tree)), fence(tree.base), fence(parts)].join('\n\n')],
  ];
}

function apdusAndJson(apdus: readonly Exchanged[], value: object): string {
  const json = ['```json', JSON.stringify(value, undefined, 2), '```'].join('\n');
  return [fence(apduList(apdus)), json].join('\n\n');
}
