// Looks at pages as people do who see less, use no mouse, or have a phone.
//
//   PAGES        JSON: names of pages with their URLs
//   SCREENSHOTS  a directory for pictures; none are taken without it
//
// Prints `ok <page>` for each page. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { assertFitForAll } from './accessibility.mjs';
import { end, step, visitor } from './steps.mjs';

const pages = Object.entries(JSON.parse(process.env.PAGES));
assert.ok(pages.length > 0, 'there is no page');

const { context, page } = await visitor();
const paths = new Set(pages.map(([, url]) => new URL(url).pathname));
// A page that leads on by itself stays: 204 leaves a browser where it is.
await context.route((url) => !paths.has(url.pathname), (route) => route.fulfill({ status: 204 }));
for (const [name, url] of pages) {
  await step(name, async () => {
    await page.goto(url);
    await assertFitForAll(page, name);
  });
}
await context.close();
await end();
