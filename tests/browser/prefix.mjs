// Walks through a site below a path of its host.
//
//   APP  the base URL of the application, with its path
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { APP, appCookies, asksToSignIn, signInAs, signOut, text } from './browser.mjs';
import { end, step, visitor } from './steps.mjs';

const HOST = new URL(APP).origin;
const ACCOUNT = `${APP}/account?tab=keys`;

const { context, page } = await visitor();

await step('a protected page asks to sign in', async () => {
  await page.goto(ACCOUNT);
  assert.ok(await asksToSignIn(page), 'there is no sign-in page');
});
await step('the user lands on the page below the path', async () => {
  await signInAs(page, 'alice');
  assert.equal(page.url(), ACCOUNT);
  await page.reload();
  assert.equal(page.url(), ACCOUNT);
});
await step('the cookies are sent to the whole host, out of reach of scripts', async () => {
  const cookies = await appCookies(context);
  assert.ok(cookies.length > 0, 'there is no session cookie');
  for (const { name, path, httpOnly } of cookies) assert.deepEqual({ path, httpOnly }, { path: '/', httpOnly: true }, name);
});
await step('a script of the page gets the user', async () => {
  const user = await page.evaluate((url) => fetch(url).then((answer) => answer.json()), `${APP}/auth/user`);
  assert.match(user.display_name, /alice/i);
});
await step('the neighbour is none to return to', async () => {
  await page.goto(`${APP}/auth/sign-in?return_to=${encodeURIComponent('/neighbour')}`);
  if (await asksToSignIn(page)) await signInAs(page, 'alice');
  assert.equal(page.url(), `${APP}/`);
  await page.goto(`${HOST}/neighbour`);
  assert.match(await text(page), /the neighbour/);
});
await step('the user signs out and is at home below the path', async () => {
  await page.goto(`${APP}/auth/sign-out`);
  await signOut(page);
  assert.equal(page.url(), `${APP}/`);
  assert.deepEqual(await appCookies(context), []);
});
await context.close();
await end();
