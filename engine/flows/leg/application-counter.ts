import { readChipTags } from '../../base/crypto/chip-tags.ts';

/**
 * Tag 9F36 of field 55: the counter that the chip raises with every transaction.
 * @returns the counter, or undefined when it is missing or the text is not a list of whole elements
 */
export function readAtc(chipData: string): number | undefined {
  const tags = readChipTags(chipData);
  const counter = tags.ok ? tags.value.get('9F36') : undefined;
  return counter?.length === 4 ? Number.parseInt(counter, 16) : undefined;
}
