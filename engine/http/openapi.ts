import { writeFile } from 'node:fs/promises';

import { buildApp } from './build-app.ts';

/** Where the committed copy is, from the root of the project. */
export const OPENAPI_PATH = 'engine/docs/reference/openapi.json';

function notHere(): never {
  throw new Error('the reference is written without an engine');
}

/**
 * The OpenAPI 3.1 document as committed text. It comes from the routes alone: no engine is needed.
 */
export async function renderOpenApi(): Promise<string> {
  const app = await buildApp({
    run: notHere,
    readiness: notHere,
    reference: { findTerminal: notHere, findInstitution: notHere },
    keys: { sessionMac: notHere, signAnswer: notHere, answerKeyId: '', answerPublicKey: '' },
    clock: { now: () => 0 },
  });
  const text = `${JSON.stringify(app.swagger(), undefined, 2)}\n`;
  await app.close();
  return text;
}

/** Writes the committed copy. `path` for the project's root as working directory. */
export async function writeOpenApi(path: string = OPENAPI_PATH): Promise<void> {
  await writeFile(path, await renderOpenApi());
}
