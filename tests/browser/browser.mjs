// The browser, and what a person does in it. Works at the sign-in page of either provider.

import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Nothing but this machine exists, so a browser that is led away is seen to fail at once.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

function executable() {
  for (const name of NAMES) {
    for (const directory of (process.env.PATH ?? '').split(delimiter)) {
      const path = join(directory, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not in this directory.
      }
    }
  }
  throw new Error(`found none of ${NAMES.join(', ')} on PATH`);
}

/** The application under test, without a slash at the end. */
export const APP = (process.env.APP ?? 'http://localhost:8000').replace(/\/$/, '');

const OPTIONS = { executablePath: executable(), headless: true, args: ARGUMENTS };

/** A browser for others to connect to. */
export const serve = () => chromium.launchServer(OPTIONS);

/** The browser that is served at the address BROWSER; without it, one of its own. */
export const launch = () => (process.env.BROWSER ? chromium.connect(process.env.BROWSER) : chromium.launch(OPTIONS));

/** The browser of one person, who closes it and opens it again: what it keeps is in this directory. */
export async function launchProfile(directory) {
  const context = await chromium.launchPersistentContext(directory, OPTIONS);
  context.setDefaultTimeout(20_000);
  return context;
}

/** A browser that nobody has used before. */
export async function newVisitor(browser, options = {}) {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(20_000);
  return context;
}

/** Any kind of sign-in page: a field for the user name, or one button for each user. */
const signInControl = (page) => page.locator('input[name="username"]:not([type="hidden"]), button[name="username"]').first();

export const asksToSignIn = async (page) => (await signInControl(page).count()) > 0;

/** Signs in at the provider's page, which must be open, and waits until the browser is back at the application. */
export async function signInAs(page, username) {
  const arrived = page.waitForEvent('framenavigated', (frame) => frame === page.mainFrame());
  const field = page.locator('input[name="username"]:not([type="hidden"])');
  if ((await field.count()) > 0) {
    await field.fill(username);
    await page.locator('button[type="submit"], input[type="submit"]').first().click();
  } else {
    await page.locator(`button[value="${username}"]`).click();
  }
  await arrived;
  await page.waitForLoadState('load');
}

/** Opens a page of the application as somebody who has to sign in for it. */
export async function openSigningIn(page, path, username) {
  await page.goto(APP + path);
  if (!(await asksToSignIn(page))) throw new Error(`${path} asked nobody to sign in`);
  await signInAs(page, username);
}

/** Presses whatever the page offers for signing out. */
export async function signOut(page) {
  const control = page.locator('form[action*="/sign-out"] :is(button, input[type="submit"]), a[href*="/sign-out"]').first();
  await control.click();
  await page.waitForURL(`${APP}/`);
}

const COOKIE = /^(__Host-)?logto-[0-9a-f]{6}/;

/** The cookies of the application; on 127.0.0.1 the provider's are beside them. */
export const appCookies = async (context) => (await context.cookies(APP)).filter(({ name }) => COOKIE.test(name));

/** The sign-ins that were started and not finished. */
export const flowCookies = async (context) => (await appCookies(context)).filter(({ name }) => name.includes('-flow-'));

export const localPart = (page) => page.url().slice(new URL(page.url()).origin.length);

export const text = (page) => page.locator('body').innerText();

/** Keeps a picture of the page in the directory SCREENSHOTS, if there is one. */
export async function picture(page, name) {
  const directory = process.env.SCREENSHOTS;
  if (!directory) return;
  mkdirSync(directory, { recursive: true });
  await page.screenshot({ path: join(directory, `${name}.png`), fullPage: true });
}
