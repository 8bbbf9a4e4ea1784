/**
 * The compact list of invalid cards on a terminal: two files beside the journal, fetched in parts,
 * believed only with the engine's signature. It says early that a card may be listed; whether it is, the
 * engine says.
 */
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import type { OfflineFile } from '../../engine/base/offline-list/offline-file.ts';
import { readOffline } from '../../engine/base/offline-list/offline-file.ts';
import type { OfflineList } from '../../engine/base/offline-list/offline-list.ts';
import { openOfflineList } from '../../engine/base/offline-list/offline-list.ts';
import { verifySignature } from '../../engine/base/signatures/verify-signature.ts';
import type { OfflineListDocument } from '../../engine/contract/invalid-list.ts';
import type { AnswerKey } from '../../engine/contract/terminal.ts';
import type { EngineClient } from '../client/engine-client.ts';

export type OfflineStore = {
  /** The list as it was last fetched; undefined: none, or one that is not to be believed. */
  list(): OfflineList | undefined;
  /**
   * Fetches what the engine has and the terminal has not; a download that broke off goes on. Without
   * an answer everything stays as it is.
   */
  update(): Promise<OfflineUpdate>;
};

/** `refused`: the engine gave a file that is not signed by it, or does not belong to the others. */
export type OfflineUpdate = 'updated' | 'current' | 'none' | 'no-answer' | 'refused';

export type OfflineStoreOptions = {
  readonly folder: string;
  readonly client: Pick<EngineClient, 'offlineList' | 'offlinePart'>;
  /** The keys of which one must have signed; the client knows them after the sign-in. */
  readonly answerKeys: () => readonly AnswerKey[];
};

type Files = Pick<OfflineListDocument, 'hashKey'> & {
  readonly base: string;
  readonly delta: string | null;
};

/** Opens the folder, and the list in it if its files are whole and signed. */
export function openOfflineStore(options: OfflineStoreOptions): OfflineStore {
  const { folder, client } = options;
  mkdirSync(folder, { recursive: true });
  let files = readFiles(folder);
  let list = files && openFiles(options, files);
  return {
    list: () => list,
    async update() {
      const asked = await client.offlineList();
      if (asked.kind === 'declined') return asked.code === 'NOT_FOUND' ? 'none' : 'no-answer';
      if (asked.kind !== 'approved') return 'no-answer';
      const { hashKey, base, delta } = asked.body;
      const wanted: Files = { hashKey, base: base.fileHash, delta: delta?.fileHash ?? null };
      if (list !== undefined && isSame(files, wanted)) return 'current';
      for (const file of delta === null ? [base] : [base, delta]) {
        if (!(await fetchFile(options, file))) return 'no-answer';
      }
      const opened = openFiles(options, wanted);
      if (opened === undefined) {
        // Fetched anew next time, in case only the copy here is spoilt.
        for (const name of namesOf(wanted)) rmSync(join(folder, name), { force: true });
        return 'refused';
      }
      writeWhole(join(folder, LIST_NAME), JSON.stringify(wanted));
      removeOthers(folder, files, wanted);
      [files, list] = [wanted, opened];
      return 'updated';
    },
  };
}

const LIST_NAME = 'offline-list.json';

function isSame(one: Files | undefined, other: Files): boolean {
  return one?.base === other.base && one.delta === other.delta && one.hashKey === other.hashKey;
}

function readFiles(folder: string): Files | undefined {
  try {
    return JSON.parse(readFileSync(join(folder, LIST_NAME), 'utf8')) as Files;
  } catch {
    return undefined;
  }
}

function openFiles(options: OfflineStoreOptions, files: Files): OfflineList | undefined {
  const base = openFile(options, files.base);
  const delta = files.delta === null ? undefined : openFile(options, files.delta);
  if (base === undefined || (files.delta !== null && delta === undefined)) return undefined;
  return openOfflineList(fromHex(files.hashKey), base, delta);
}

/** A file that is what its name says, and signed by the engine. */
function openFile(options: OfflineStoreOptions, fileHash: string): OfflineFile | undefined {
  const path = join(options.folder, fileHash);
  if (!existsSync(path)) return undefined;
  const file = readOffline(readFileSync(path));
  if (file?.hash !== fileHash) return undefined;
  const { keyId } = file.header;
  const key = options.answerKeys().find((known) => known.keyId === keyId);
  const isSigned = key !== undefined && verifySignature(key, file.signed, file.signature);
  return isSigned ? file : undefined;
}

/** @returns false: the engine did not give the rest of it */
async function fetchFile(
  { folder, client }: OfflineStoreOptions,
  { fileHash, bytes }: { readonly fileHash: string; readonly bytes: number },
): Promise<boolean> {
  const path = join(folder, fileHash);
  if (existsSync(path)) return true;
  const part = `${path}.part`;
  let offset = existsSync(part) ? statSync(part).size : 0;
  const file = openSync(part, 'a');
  try {
    while (offset < bytes) {
      const asked = await client.offlinePart(fileHash, offset);
      if (asked.kind !== 'approved') return false;
      const content = Buffer.from(asked.body.content, 'base64');
      if (content.length === 0) return false;
      writeSync(file, content);
      offset += content.length;
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
  return true;
}

function writeWhole(path: string, text: string): void {
  const file = openSync(`${path}.part`, 'w');
  writeSync(file, text);
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.part`, path);
}

function removeOthers(folder: string, before: Files | undefined, now: Files): void {
  for (const name of before === undefined ? [] : namesOf(before)) {
    if (!namesOf(now).includes(name)) rmSync(join(folder, name), { force: true });
  }
}

function namesOf({ base, delta }: Files): readonly string[] {
  return delta === null ? [base] : [base, delta];
}
