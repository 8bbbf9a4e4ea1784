import { createHash } from 'node:crypto';
import { compilePack } from '../../../rules/kernel/compile-pack.ts';
import { formatProblem, formatProblemZh } from '../../../rules/kernel/problem.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { parseJsonDocument } from '../../base/json/json-document.ts';

/** A reason why a pack was refused. */
export type Reason = { readonly zh: string; readonly en: string };

/** SHA-256 (hex) of a pack's JSON without whitespace: texts with equal digests are the same pack. */
export function packDigest(file: unknown): string {
  return createHash('sha256').update(JSON.stringify(file)).digest('hex');
}

type ReadPack = Result<{ readonly pack: Pack; readonly digest: string }, Reason>;

/** Parses and compiles the text of a pack file, strictly. The error has one line per problem. */
export function readPackText(text: string): ReadPack {
  const file = parseJsonDocument(text);
  return file.ok ? compileFile(file.value) : file;
}

/**
 * As `readPackText` for a pack on record. Packs were activated before the reader was strict, and settlements
 * are computed again by what was meant then.
 * @throws SyntaxError when it is no JSON
 */
export function readStoredText(text: string): ReadPack {
  return compileFile(JSON.parse(text));
}

function compileFile(file: unknown): ReadPack {
  const compiled = compilePack(file);
  if (compiled.ok) return ok({ pack: compiled.value, digest: packDigest(file) });
  const [zh, en] = [formatProblemZh, formatProblem].map((format) =>
    compiled.error.map(format).join('\n'),
  );
  return fail({ zh: `不符合策略包格式：\n${zh}`, en: `is no policy pack:\n${en}` });
}
