import { misfits, unusedNames } from '../../../../rules/bill-file/fit-to-pack.ts';
import { readBillFile } from '../../../../rules/bill-file/read-bill-file.ts';
import type { PackRegistry } from '../../../../rules/packs/pack-registry.ts';

/** What is told about a bill beside a shipped pack. */
export function fit(registry: PackRegistry, packId: string, json: unknown) {
  const pack = registry.byId(packId);
  const read = readBillFile(json);
  if (pack === undefined || !read.ok) throw new Error(`no pack ${packId}, or a bad bill`);
  return { problems: misfits(pack, read.value), notices: unusedNames(pack, read.value) };
}
