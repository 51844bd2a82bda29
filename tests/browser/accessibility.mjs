// What everybody needs of a page: read by axe-core, reached by keyboard, narrow enough for a phone.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

import { picture } from './browser.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The rules by colour scheme: WCAG 2.2, levels A and AA, and once more those that colours decide. */
const RULES = {
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'] },
};

const DESKTOP = { width: 1280, height: 720 };
const PHONES = [{ width: 320, height: 568 }, { width: 375, height: 667 }];

/** Names of users that need room: one without a blank to break at, and one as people have them. */
const LONG_NAMES = ['X'.repeat(60), 'Maximiliane-Friederike Freifrau von Donaudampfschifffahrt zu Wasser'];

const CONTROLS = 'a[href], button, input:not([type="hidden"]), select, textarea, summary';

/** Asserts all of it in both colour schemes; leaves the page in the light one and at the width of a desktop. */
export async function assertFitForAll(page, name) {
  for (const [colorScheme, rules] of Object.entries(RULES)) {
    await page.emulateMedia({ colorScheme });
    assert.deepEqual(await findings(page, rules), [], `${name}, ${colorScheme}`);
    await picture(page, `${name}-${colorScheme}`);
  }
  for (const viewport of PHONES) {
    await page.setViewportSize(viewport);
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= viewport.width, `${name} is ${width} wide on a phone of ${viewport.width}`);
    await picture(page, `${name}-${viewport.width}`);
  }
  await page.setViewportSize(DESKTOP);
  await assertReachedByKeyboard(page, name);
}

/**
 * Asserts that a long name in the place of this one makes no page wider than the screen, and breaks no link or button of the
 * header into two lines; leaves the page with the name, and at the width of a desktop.
 */
export async function assertRoomForLongNames(page, name, user) {
  let shown = user;
  for (const [place, long] of LONG_NAMES.entries()) {
    assert.ok(await rename(page, shown, long), `${name} has no "${shown}"`);
    shown = long;
    for (const viewport of [DESKTOP, ...PHONES]) {
      await page.setViewportSize(viewport);
      await picture(page, `${name}-long-name-${place + 1}-${viewport.width}`);
      const { width, broken } = await page.evaluate(layout);
      const where = `${name} at ${viewport.width} with "${long}"`;
      assert.ok(width <= viewport.width, `${where} is ${width} wide`);
      assert.deepEqual(broken, [], `${where}: broken in the header`);
    }
  }
  await rename(page, shown, user);
  await page.setViewportSize(DESKTOP);
}

/** Puts a text in the place of another one wherever the page shows it. Returns how often that was. */
const rename = (page, from, to) =>
  page.evaluate(([from, to]) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    let count = 0;
    while (texts.nextNode()) {
      if (!texts.currentNode.data.includes(from)) continue;
      texts.currentNode.data = texts.currentNode.data.replaceAll(from, to);
      count += 1;
    }
    return count;
  }, [from, to]);

/** How wide the page is, and which links and buttons of its header have more than one line. */
function layout() {
  const lines = (control) => {
    const range = document.createRange();
    range.selectNodeContents(control);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size;
  };
  const controls = [...document.querySelectorAll('header :is(a, button)')];
  const broken = controls.filter((control) => lines(control) > 1).map((control) => control.textContent);
  return { width: document.documentElement.scrollWidth, broken };
}

/** What axe-core finds: each rule with the elements that break it. */
async function findings(page, runOnly) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(AXE);
  const { violations } = await page.evaluate(
    (only) => globalThis.axe.run(document, { runOnly: only, resultTypes: ['violations'] }),
    runOnly,
  );
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary }) => `${html} ${failureSummary}`).join('; ')}`);
}

/** Asserts that the tab key leads to each control, in the order of the page, and that each shows when it has the focus. */
async function assertReachedByKeyboard(page, name) {
  await page.evaluate(() => document.activeElement?.blur());
  const count = await page.locator(CONTROLS).count();
  for (let index = 0; index < count; index += 1) {
    await page.keyboard.press('Tab');
    const { at, shown, what } = await focused(page);
    assert.equal(at, index, `${name}: the tab key leads to ${what}`);
    assert.ok(shown, `${name}: ${what} does not show that it has the focus`);
  }
}

/** Which control has the focus, and whether people can see it. */
const focused = (page) =>
  page.evaluate((controls) => {
    const element = document.activeElement;
    const { outlineStyle, outlineWidth } = getComputedStyle(element);
    const { top, bottom, left, right } = element.getBoundingClientRect();
    const inView = bottom > 0 && top < innerHeight && right > 0 && left < innerWidth;
    const outlined = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
    return { at: [...document.querySelectorAll(controls)].indexOf(element), shown: inView && outlined, what: element.outerHTML };
  }, CONTROLS);

/** Goes to a control by the tab key alone, as who uses no mouse does. */
export async function tabTo(page, control) {
  const wanted = await control.first().elementHandle();
  for (let presses = 0; presses < 50; presses += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      assert.ok((await focused(page)).shown, 'the focus does not show');
      return;
    }
  }
  throw new Error(`the tab key does not lead to ${await wanted.evaluate((element) => element.outerHTML)}`);
}
