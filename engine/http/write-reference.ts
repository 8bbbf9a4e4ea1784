/** `npm run gen`: writes the reference pages anew. The tests fail while a committed page is out of date. */
import { writeErrorsPage } from './errors-page.ts';
import { writeOpenApi } from './openapi.ts';

await writeOpenApi();
await writeErrorsPage();
