// Walks through the hello example as people do who use no mouse, see less, have a phone or allow no scripts.
//
//   APP          the base URL of the example, with its test provider
//   SCREENSHOTS  a directory for pictures; none are taken without it
//
// Prints `ok <step>` for each step. Ends with 1 and the text of the page at the first that fails.

import assert from 'node:assert/strict';

import { assertFitForAll, assertRoomForLongNames, tabTo } from './accessibility.mjs';
import { APP, asksToSignIn, localPart, openSigningIn, signInAs, text } from './browser.mjs';
import { end, step, visitor } from './steps.mjs';

const signOutButton = (page) => page.getByRole('button', { name: 'Sign out' });

async function byKeyboard() {
  const { context, page } = await visitor();
  const press = async (control, key = 'Enter') => {
    await tabTo(page, control);
    const arrived = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
    await page.keyboard.press(key);
    await arrived;
    await page.waitForLoadState('load');
  };
  const link = (name) => page.getByRole('navigation').getByRole('link', { name });

  await step('by keyboard: from the home page to the sign-in', async () => {
    await page.goto(`${APP}/`);
    await press(page.getByRole('link', { name: 'Sign in' }));
    assert.ok(await asksToSignIn(page), 'there is no sign-in page');
  });
  await step('by keyboard: alice signs in', async () => {
    await press(page.getByRole('button', { name: 'alice' }));
    assert.equal(page.url(), `${APP}/`);
    assert.match(await text(page), /Hello, Alice/);
  });
  for (const name of ['Account', 'Profile', 'Admin', 'Home']) {
    await step(`by keyboard: to ${name}`, async () => {
      await press(link(name));
      assert.equal(localPart(page), name === 'Home' ? '/' : `/${name.toLowerCase()}`);
    });
  }
  await step('by keyboard: past the menu to the content', async () => {
    await tabTo(page, page.getByRole('link', { name: 'Skip to the content' }));
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.ok(await page.evaluate(() => document.activeElement.closest('main') !== null));
    await page.goto(`${APP}/`);
  });
  await step('by keyboard: alice signs out', async () => {
    await press(signOutButton(page), 'Space');
    await page.getByText('Hello, stranger').waitFor();
    assert.equal(page.url(), `${APP}/`);
  });
  await context.close();
}

/** The pages of the example and of its provider, as users of any kind see them. */
async function forAll() {
  const { context, page } = await visitor();
  const look = (name) => assertFitForAll(page, `hello-${name}`);
  let provider;

  await step('for all: home of a stranger', async () => {
    await page.goto(`${APP}/`);
    await look('stranger');
  });
  await step('for all: the sign-in page of the provider', async () => {
    await page.goto(`${APP}/auth/sign-in?login_hint=alice&return_to=/account`);
    provider = new URL(page.url()).origin;
    await look('provider-sign-in');
    await assertRoomForLongNames(page, 'hello-provider-user-name', 'alice');
    await assertRoomForLongNames(page, 'hello-provider-name', 'Alice Liddell');
  });
  await step('for all: the pages of alice', async () => {
    await signInAs(page, 'alice');
    for (const path of ['account', '', 'profile', 'admin']) {
      await page.goto(`${APP}/${path}`);
      await look(path || 'home');
      await assertRoomForLongNames(page, `hello-${path || 'home'}`, 'Alice Liddell');
    }
  });
  await step('for all: the provider has no such sign-in', async () => {
    await page.goto(`${provider}/sign-in`);
    assert.match(await text(page), /not found/);
    await look('provider-unknown');
  });
  await step('for all: the provider has no such user', async () => {
    await page.context().clearCookies();
    await page.goto(`${APP}/account`);
    await page.locator('button[value="bob"]').evaluate((button) => {
      button.value = 'nobody';
    });
    await page.locator('button[value="nobody"]').click();
    await page.getByText('No such user').waitFor();
    await look('provider-no-user');
  });
  await step('for all: bob is no admin', async () => {
    await openSigningIn(page, '/account', 'bob');
    await page.goto(`${APP}/admin`);
    assert.match(await text(page), /No access/);
    await look('denied');
  });
  await context.close();
}

/** The pages of the provider that a script leaves at once, as who allows no scripts sees them. */
async function passing() {
  const { context, page } = await visitor();
  await context.addInitScript(() => {
    HTMLFormElement.prototype.submit = () => {};
  });
  await page.goto(`${APP}/account`);
  const { origin: provider } = new URL(page.url());

  await step('for all: the provider signs out', async () => {
    await page.goto(`${provider}/oidc/session/end`);
    // Scripts are allowed, so that axe-core runs, and this is not shown.
    await page.locator('noscript').evaluate((noscript) => {
      noscript.outerHTML = noscript.textContent;
    });
    await assertFitForAll(page, 'hello-provider-sign-out');
  });
  await step('for all: the provider has signed out', async () => {
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByText('You have successfully signed out').waitFor();
    await assertFitForAll(page, 'hello-provider-signed-out');
  });
  await context.close();
}

async function withoutScripts() {
  const { context, page } = await visitor({ javaScriptEnabled: false });
  await step('without scripts: alice signs in', async () => {
    await openSigningIn(page, '/account', 'alice');
    assert.equal(page.url(), `${APP}/account`);
  });
  await step('without scripts: alice signs out', async () => {
    await signOutButton(page).click();
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.waitForURL(`${APP}/`);
    assert.match(await text(page), /Hello, stranger/);
    await page.goto(`${APP}/account`);
    assert.ok(await asksToSignIn(page), 'the provider signed alice in without a question');
  });
  await context.close();
}

await byKeyboard();
await forAll();
await passing();
await withoutScripts();
await end();
