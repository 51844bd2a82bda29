// Looks at the home page of an example, as a stranger and as alice.
//
//   APP   the base URL of the example
//   NAME  what pictures of it are called
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { assertFitForAll, assertRoomForLongNames } from './accessibility.mjs';
import { APP, signInAs } from './browser.mjs';
import { end, step, visitor } from './steps.mjs';

const { context, page } = await visitor();
await step('a stranger', async () => {
  await page.goto(`${APP}/`);
  await assertFitForAll(page, `${process.env.NAME}-stranger`);
});
await step('alice', async () => {
  await page.getByText('Sign in').first().click();
  await signInAs(page, 'alice');
  await assertFitForAll(page, `${process.env.NAME}-alice`);
  await assertRoomForLongNames(page, `${process.env.NAME}-alice`, 'Alice Liddell');
  // A parser ends a paragraph before a form in it, and makes an empty one of the end that is left.
  assert.equal(await page.locator('p').filter({ hasNotText: /\S/ }).count(), 0, 'a paragraph has something that it cannot have');
});
await context.close();
await end();
