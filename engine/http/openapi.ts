import { writeFile } from 'node:fs/promises';

import type { CardOfficeDeps } from '../flows/card/card-office.ts';
import type { ListDeps } from '../flows/invalid-list/ask-lists.ts';
import type { OfficeDeps } from '../flows/operator/office.ts';
import { type AppDeps, buildApp } from './build-app.ts';

/** Path of the committed copy, from the root of the project. */
export const OPENAPI_PATH = 'engine/docs/reference/openapi.json';

function notNeeded(): never {
  throw new Error('the reference is written without an engine');
}

const office: OfficeDeps = {
  get operators() {
    return notNeeded();
  },
  get audit() {
    return notNeeded();
  },
  get trail() {
    return notNeeded();
  },
  get proposals() {
    return notNeeded();
  },
  get executors() {
    return notNeeded();
  },
  get keys() {
    return notNeeded();
  },
  get environment() {
    return notNeeded();
  },
};

const lists: ListDeps = {
  get reads() {
    return notNeeded();
  },
  get offline() {
    return notNeeded();
  },
  get audit() {
    return notNeeded();
  },
  get environment() {
    return notNeeded();
  },
};

const cards: CardOfficeDeps = {
  get audit() {
    return notNeeded();
  },
  get environment() {
    return notNeeded();
  },
  get store() {
    return notNeeded();
  },
  get lives() {
    return notNeeded();
  },
  get keys() {
    return notNeeded();
  },
  get reference() {
    return notNeeded();
  },
  regionOf: notNeeded,
};

/** Offices that are there, so that their routes are, and can be asked for nothing. */
export const unaskedOffices: Pick<AppDeps, 'office' | 'lists' | 'cards' | 'persons'> = {
  ...{ office, lists, cards },
  persons: { regionOf: notNeeded, changesOf: notNeeded, accountOf: notNeeded },
};

/** The OpenAPI 3.1 document as committed. It is made from the routes; no engine is started. */
export async function renderOpenApi(): Promise<string> {
  const app = await buildApp({
    run: notNeeded,
    readiness: notNeeded,
    reference: { findTerminal: notNeeded, findInstitution: notNeeded, acceptOnce: notNeeded },
    keys: { sessionMac: notNeeded, signAnswer: notNeeded, answerKeyId: '', answerPublicKey: '' },
    ...unaskedOffices,
    clock: { now: () => 0 },
  });
  const text = `${JSON.stringify(app.swagger(), undefined, 2)}\n`;
  await app.close();
  return text;
}

/** Writes the committed copy. The default `path` is relative to the root of the project. */
export async function writeOpenApi(path: string = OPENAPI_PATH): Promise<void> {
  await writeFile(path, await renderOpenApi());
}
