// Walks to a page that wants a fresh sign-in.
//
//   APP      the base URL of an application with `/account` for signed-in users, and `/vault` for fresh sign-ins
//   STEP_UP  honoured, or ignored by a provider that does not care how old a sign-in may be
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { APP, asksToSignIn, flowCookies, openSigningIn, picture, signInAs, text } from './browser.mjs';
import { end, step, visitor } from './steps.mjs';

const { STEP_UP } = process.env;
assert.ok(['honoured', 'ignored'].includes(STEP_UP), 'STEP_UP must be honoured or ignored');

/** A browser in which alice has signed in just so, and how often it has been sent to sign in since. */
async function alice() {
  const { context, page } = await visitor();
  const doors = [];
  await step('alice signs in for an ordinary page', async () => {
    await openSigningIn(page, '/account', 'alice');
    assert.equal(page.url(), `${APP}/account`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).pathname === '/auth/sign-in') doors.push(request.url());
  });
  return { context, page, doors };
}

async function sameUser() {
  const { context, page, doors } = await alice();
  await step('the vault asks again who is signed in already', async () => {
    await page.goto(`${APP}/vault`);
    assert.ok(await asksToSignIn(page), 'there is no sign-in page');
    await picture(page, 'step-up-1-asked');
  });
  await step('alice lands in the vault', async () => {
    await signInAs(page, 'alice');
    assert.equal(page.url(), `${APP}/vault`);
    assert.equal(await text(page), 'the gold');
    assert.equal((await flowCookies(context)).length, 0, 'the finished sign-in is forgotten');
    await picture(page, 'step-up-2-inside');
  });
  await step('the vault stays open', async () => {
    const response = await page.goto(`${APP}/vault`);
    assert.equal(response.request().redirectedFrom(), null);
    assert.equal(await text(page), 'the gold');
    assert.equal(doors.length, 1);
  });
  await context.close();
}

async function somebodyElse() {
  const { context, page } = await alice();
  await step('bob signs in instead, and does not go on where alice was', async () => {
    await page.goto(`${APP}/vault`);
    const home = page.waitForURL(`${APP}/`);
    await signInAs(page, 'bob');
    await home;
    assert.equal(await text(page), 'Hello, bob');
  });
  await step('the sign-in of bob was fresh as well', async () => {
    await page.goto(`${APP}/vault`);
    assert.equal(await text(page), 'the gold');
  });
  await context.close();
}

async function inVain() {
  const { context, page, doors } = await alice();
  await step('one sign-in in vain is explained, and not tried again', async () => {
    await page.goto(`${APP}/vault`);
    if (await asksToSignIn(page)) await signInAs(page, 'alice');
    assert.match(await text(page), /A recent sign-in is needed/);
    assert.equal(new URL(page.url()).origin, APP);
    assert.equal(doors.length, 1);
    await picture(page, 'step-up-3-in-vain');
  });
  await step('alice is signed in as before', async () => {
    const response = await page.goto(`${APP}/account`);
    assert.equal(response.status(), 200);
    assert.equal(page.url(), `${APP}/account`);
  });
  await context.close();
}

if (STEP_UP === 'honoured') {
  await sameUser();
  await somebodyElse();
} else {
  await inVain();
}
await end();
