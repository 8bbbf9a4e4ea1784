import { writeFile } from 'node:fs/promises';

import {
  type ErrorCode,
  type ErrorEntry,
  errorRegistry,
  httpStatusOf,
} from '../base/errors/error-registry.ts';

/** Path of the committed copy, from the root of the project. */
export const ERRORS_PAGE_PATH = 'engine/docs/reference/errors.md';

const intro = `# Errors

Generated from \`engine/base/errors/error-registry.ts\`; do not edit.

Every refusal is an RFC 9457 problem with \`code\`, \`moneyEffect\` and \`retry\`.

- **moneyEffect** says whether money moved: \`none\`, \`moved\`, or \`unknown\`
  (enquire; do not collect again).
- **retry** says what to send next: \`never\` the same, \`same-key\` the same bytes,
  \`new-key\` after correcting the cause, \`after-enquiry\` only once the outcome is known.
- An unknown outcome of the bank is not an error: it is answered with status 202 and one of the
  codes whose moneyEffect is \`unknown\`.

| Code | Status | moneyEffect | retry | Meaning | Cashier |
| --- | --- | --- | --- | --- | --- |
`;

function renderRow(code: ErrorCode): string {
  const entry: ErrorEntry = errorRegistry[code];
  const cells = [
    `\`${code}\``,
    httpStatusOf(code),
    entry.money,
    entry.retry,
    `${entry.en}<br>${entry.zh}`,
    `${entry.cashierEn}<br>${entry.cashierZh}`,
  ];
  return `| ${cells.join(' | ')} |`;
}

/** All codes of the registry. */
export const errorCodes = Object.keys(errorRegistry) as readonly ErrorCode[];

/** The reference page of all errors as Markdown. */
export function renderErrorsPage(): string {
  return `${intro}${errorCodes.map(renderRow).join('\n')}\n`;
}

/** Writes the committed copy. The default `path` is relative to the root of the project. */
export async function writeErrorsPage(path: string = ERRORS_PAGE_PATH): Promise<void> {
  await writeFile(path, renderErrorsPage());
}
