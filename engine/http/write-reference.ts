/** `npm run gen`: writes the reference pages. Tests fail while a committed page is out of date. */
import { writeCardStatesPage } from './card-states-page.ts';
import { writeErrorsPage } from './errors-page.ts';
import { writeOpenApi } from './openapi.ts';

await writeOpenApi();
await writeErrorsPage();
await writeCardStatesPage();
