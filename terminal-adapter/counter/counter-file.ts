/** The settings of a counter as one JSON file. It holds the terminal's keys: keep it to its owner. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { readJsonDocument } from '../../engine/base/json/json-document.ts';
import type { AnswerKey } from '../../engine/contract/terminal.ts';
import type { EngineClientOptions } from '../client/engine-client.ts';
import type { CardPersonalisation } from '../virtual-card/personalisation.ts';

export type CounterFile = {
  readonly baseUrls: EngineClientOptions['baseUrls'];
  readonly terminal: EngineClientOptions['terminal'];
  /** Double-length DES, 16 bytes, hex: opens the bank's PIN key in the PIN pad of this program. */
  readonly bankMasterKey: string;
  /** The engine's answer key; without it that of the first sign-in is believed. */
  readonly trustedAnswerKey?: AnswerKey;
  /** The key that will follow it: see `EngineClientOptions`. */
  readonly nextAnswerKey?: AnswerKey;
  /** PEM files, paths as the next: the engine's authority, and what the engine asks of the terminal. */
  readonly tls?: {
    readonly authorityFile?: string;
    readonly certificateFile?: string;
    readonly keyFile?: string;
  };
  /** As the next, from the folder of the file, if they are not absolute. */
  readonly journalFile: string;
  readonly reader: ReaderSettings;
};

export type ReaderSettings =
  /** A reader at this computer; `name` is part of its name, without it the first one is taken. */
  | { readonly kind: 'pcsc'; readonly name?: string }
  /** A card in software, which the sandbox has issued; `stateFile` is what its chip remembers. */
  | {
      readonly kind: 'virtual-card';
      readonly personalisation: CardPersonalisation;
      readonly stateFile: string;
    };

/** Something in the file or on the command line that its user can put right. */
export class CounterError extends Error {
  override readonly name = 'CounterError';
  readonly zh: string;
  readonly en: string;

  constructor(text: { readonly zh: string; readonly en: string }) {
    super(text.en);
    this.zh = text.zh;
    this.en = text.en;
  }
}

const required = ['baseUrls.0', 'terminal.terminalId', 'terminal.privateKey', 'journalFile'];
const keys = ['terminal.masterKey', 'bankMasterKey'];

/**
 * Reads the file of a counter and makes its paths absolute.
 * @throws CounterError when it cannot be read, or a setting is missing
 */
export function readCounterFile(path: string): CounterFile {
  const file = readJson(path);
  const wrong =
    required.find((name) => !/./.test(textAt(file, name))) ??
    keys.find((name) => !/^[0-9A-Fa-f]{32}$/.test(textAt(file, name))) ??
    wrongReaderSetting(file);
  if (wrong !== undefined) {
    throw new CounterError({
      zh: `${path} 中 ${wrong} 缺失或不正确`,
      en: `${wrong} is missing from ${path}, or is not well formed`,
    });
  }
  const settings = file as CounterFile;
  const { reader } = settings;
  const at = (name: string) => resolve(dirname(path), name);
  return {
    ...settings,
    journalFile: at(settings.journalFile),
    reader: reader.kind === 'pcsc' ? reader : { ...reader, stateFile: at(reader.stateFile) },
  };
}

/**
 * A JSON file, read strictly.
 * @throws CounterError when it cannot be read or is not right; of its content only names are told
 */
export function readJson(path: string): unknown {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new CounterError({ zh: `无法读取 ${path}`, en: `${path} cannot be read` });
  }
  const read = readJsonDocument(bytes);
  if (read.ok) return read.value;
  throw new CounterError({ zh: `${path}：${read.error.zh}`, en: `${path}: ${read.error.en}` });
}

function wrongReaderSetting(file: unknown): string | undefined {
  const kind = textAt(file, 'reader.kind');
  if (kind === 'pcsc') return undefined;
  if (kind !== 'virtual-card') return 'reader.kind';
  return ['reader.stateFile', 'reader.personalisation.socialSecurity.cardId'].find(
    (name) => textAt(file, name) === '',
  );
}

/** The text at a path of names, "" when there is none. */
function textAt(value: unknown, path: string): string {
  let found = value;
  for (const name of path.split('.')) {
    if (typeof found !== 'object' || found === null) return '';
    found = (found as { readonly [name: string]: unknown })[name];
  }
  return typeof found === 'string' ? found : '';
}
