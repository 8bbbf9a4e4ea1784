/**
 * `node rules/docs/write-docs.ts` writes the reference pages of the formats. A test fails when a
 * committed page is out of date.
 */
import { writeFileSync } from 'node:fs';
import { renderDocs } from './render-docs.ts';

for (const [name, text] of renderDocs()) writeFileSync(new URL(name, import.meta.url), text);
