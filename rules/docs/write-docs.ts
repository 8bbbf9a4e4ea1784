/**
 * `node rules/docs/write-docs.ts`: writes the reference of the formats anew. A test fails while a
 * committed file is out of date.
 */
import { writeFileSync } from 'node:fs';
import { renderDocs } from './render-docs.ts';

for (const [name, text] of renderDocs()) writeFileSync(new URL(name, import.meta.url), text);
