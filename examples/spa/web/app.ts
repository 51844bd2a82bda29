// The page: what it shows to a stranger and to a user, and what it says where the server refuses.

import { api, post, Refused } from './api.js';
import { signInAddress, signOut, whoIsHere, type User } from './session.js';

interface Order {
  by: string;
  item: string;
}

/** How long the page waits for a server that is away before it asks again, in milliseconds. */
const PAUSE = 30_000;

/** Who was signed in when the page was loaded. */
let user: User | undefined;

/** Whether the page has told the user to sign in again. */
let isOver = false;

/** The orders of everybody, as they come. */
let orders: EventSource | undefined;

function find<E extends Element = HTMLElement>(selector: string): E {
  const found = document.querySelector<E>(selector);
  if (!found) throw new Error(`the page has no ${selector}`);
  return found;
}

/** Puts the content of a template into the page. */
const show = (template: string, into: string) =>
  find(into).replaceChildren(find<HTMLTemplateElement>(template).content.cloneNode(true));

/** Says something to the user, with a way to the sign-in that leaves this page as it is. */
function tell(text: string, signIn?: string) {
  find('#notice').textContent = text;
  isOver = signIn !== undefined;
  if (!signIn) return;
  const link = Object.assign(document.createElement('a'), { href: signIn, target: '_blank', rel: 'noopener' });
  link.textContent = 'Sign in in another tab';
  find('#notice').append(' ', link);
}

/** Does what the user wants, or says why the server refuses. What is typed into the page stays there. */
async function attempt(action: () => Promise<void>) {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const { title, detail, sign_in } = error.problem;
    tell(`${title} – ${detail}`, sign_in);
  }
}

/** The same for a press of a button. */
const onPress = (button: string, action: () => Promise<void>) =>
  find(button).addEventListener('click', () => {
    tell('');
    void attempt(action);
  });

function addOrder({ by, item }: Order) {
  const entry = document.createElement('li');
  // As text: it may be markup.
  entry.textContent = `${item}, for ${by}`;
  find('#orders').prepend(entry);
}

/** Shows these orders, of which the newest is the first, and no others. */
function showOrders(all: Order[]) {
  find('#orders').replaceChildren();
  all.reverse().forEach(addOrder);
}

/** Shows the orders that there are, and each that comes, until the session ends. */
function follow() {
  orders?.close();
  orders = new EventSource('/api/events');
  orders.addEventListener('all', ({ data }) => showOrders(JSON.parse(data)));
  orders.onmessage = ({ data }) => addOrder(JSON.parse(data));
  // When the stream ends, the browser connects again by itself. It gives up when it is refused.
  orders.onerror = () => orders?.readyState === EventSource.CLOSED && checkSession();
}

/**
 * Why was the stream refused? Nobody is led to the sign-in here: the user may have signed out in another tab, and Logto
 * might sign them in again at once.
 */
async function checkSession() {
  const now = await whoIsHere().catch(() => user);
  if (now?.id === user?.id) setTimeout(follow, PAUSE);
  else tell('You are signed out. What you have typed is still here.', signInAddress());
}

/** The user is back in this tab, perhaps from the sign-in in another one. */
async function comeBack() {
  if (!isOver || document.visibilityState === 'hidden') return;
  const now = await whoIsHere().catch(() => undefined);
  if (!now) return;
  if (now.id !== user?.id) location.reload();
  tell('');
  follow();
}

function showUser({ display_name }: User) {
  show('#of-user', 'main');
  show('#bar-of-user', '#who');
  find('#name').textContent = display_name;
  const item = find<HTMLInputElement>('#item');
  item.value = new URLSearchParams(location.search).get('item') ?? '';
  find('#new-order').addEventListener('submit', (event) => {
    event.preventDefault();
    tell('');
    void attempt(async () => {
      await post('/api/orders', item.value);
      item.value = '';
    });
  });
  onPress('#clear', async () => {
    await api('/api/orders', { method: 'DELETE' });
    showOrders([]);
  });
  onPress('#profile', async () => {
    find('#claims').textContent = JSON.stringify(await api('/api/profile'), null, 2);
  });
  onPress('#sign-out', signOut);
  document.addEventListener('visibilitychange', comeBack);
  follow();
}

function showStranger() {
  show('#of-stranger', 'main');
  show('#bar-of-stranger', '#who');
  find<HTMLAnchorElement>('#sign-in').href = signInAddress();
}

await attempt(async () => {
  user = await whoIsHere();
  if (user) showUser(user);
  else showStranger();
});
