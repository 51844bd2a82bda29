// The steps of a walk: each is told by name, and the first that fails ends it with the text of its page.

import { launch, newVisitor, picture, text } from './browser.mjs';

let browser;

/** The page that was used last, for the report of a failure. */
let current;

/** A browser that nobody has used before, and a page of it. */
export async function visitor(options) {
  browser ??= await launch();
  const context = await newVisitor(browser, options);
  return { context, page: looksAt(await context.newPage()) };
}

/** Tells which page the next steps are about. */
export function looksAt(page) {
  current = page;
  return page;
}

/** Prints `ok <name>`; or tells what failed, and ends with 1. */
export async function step(name, action) {
  try {
    await action();
    console.log(`ok ${name}`);
  } catch (error) {
    console.log(`not ok ${name}\n${error.stack}`);
    console.log(`page ${current.url()}\n${await text(current).catch(() => 'no text')}`);
    await picture(current, 'failure').catch(() => {});
    await end();
    process.exit(1);
  }
}

export const end = () => browser?.close();
