// Signs in, closes the browser and opens it again.
//
//   APP  the base URL of an application with `/account` for signed-in users, whose sessions end with the
//        browser unless the user wants to be remembered, and which clears storage at a sign-out. Its page
//        `/choose` has a link for those who do.
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { APP, asksToSignIn, launchProfile, openSigningIn, signInAs, signOut, text } from './browser.mjs';
import { looksAt, step } from './steps.mjs';

/** Opens the browser of a profile on disk, does something in it, and closes it. */
async function withBrowser(profile, action) {
  const context = await launchProfile(profile);
  await action(looksAt(context.pages()[0] ?? (await context.newPage())));
  await context.close();
}

const profile = () => mkdtempSync(join(tmpdir(), 'logto-profile-'));
const [forgotten, remembered] = [profile(), profile()];

await withBrowser(forgotten, (page) =>
  step('alice signs in', async () => {
    await openSigningIn(page, '/account', 'alice');
    assert.equal(page.url(), `${APP}/account`);
  }),
);
await withBrowser(forgotten, (page) =>
  step('her session has ended with the browser', async () => {
    await page.goto(`${APP}/`);
    assert.equal(await text(page), 'Hello, stranger');
  }),
);
await withBrowser(remembered, (page) =>
  step('alice signs in to be remembered', async () => {
    await page.goto(`${APP}/choose`);
    await page.getByText('Keep me signed in').click();
    if (await asksToSignIn(page)) await signInAs(page, 'alice');
    await page.goto(`${APP}/account`);
    assert.equal(page.url(), `${APP}/account`);
  }),
);
await withBrowser(remembered, async (page) => {
  await step('her session is there again', async () => {
    await page.goto(`${APP}/`);
    assert.equal(await text(page), 'Hello, Alice Liddell');
  });
  await step('a sign-out clears what scripts have stored', async () => {
    await page.goto(`${APP}/choose`);
    await page.evaluate(() => localStorage.setItem('draft', 'of alice'));
    await page.reload();
    assert.equal(await page.evaluate(() => localStorage.getItem('draft')), 'of alice');
    await signOut(page);
    await page.goto(`${APP}/choose`);
    assert.equal(await page.evaluate(() => localStorage.getItem('draft')), null);
  });
});
for (const directory of [forgotten, remembered]) rmSync(directory, { recursive: true, force: true });
