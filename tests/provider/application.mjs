// An application without a library: what the tests of the provider do to it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export const CALLBACK = 'http://127.0.0.1:8000/auth/sign-in-callback';
export const SIGNED_OUT = 'http://127.0.0.1:8000/auth/sign-out-callback';
export const ORDERS = 'https://orders.example.test';
const BASIC = `Basic ${Buffer.from('test-app:test-secret').toString('base64')}`;

export async function start(t, env = {}) {
  const child = spawn(process.execPath, ['provider.mjs'], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  t.after(() => child.stdin.end());
  const [line] = await once(createInterface(child.stdout), 'line');
  const origin = line.replace('listening ', '');
  return { child, origin, issuer: `${origin}/oidc` };
}

/** A browser that keeps cookies by path and follows redirects up to the application. */
export class Browser {
  cookies = new Map();

  async fetch(address, init = {}) {
    const url = new URL(address);
    const cookie = [...this.cookies.values()]
      .filter(({ path }) => url.pathname.startsWith(path))
      .map(({ pair }) => pair)
      .join('; ');
    const response = await fetch(url, { redirect: 'manual', ...init, headers: { ...init.headers, cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...attributes] = line.split('; ');
      const path = attributes.find((one) => one.startsWith('path='))?.slice(5) ?? '/';
      const key = `${pair.split('=')[0]} ${path}`;
      if (attributes.some((one) => one.startsWith('expires=Thu, 01 Jan 1970'))) this.cookies.delete(key);
      else this.cookies.set(key, { path, pair });
    }
    return response;
  }

  /** Follows redirects; ends at the application or at a page. */
  async open(address, init) {
    let url = new URL(address);
    let response = await this.fetch(url, init);
    while (response.headers.has('location')) {
      url = new URL(response.headers.get('location'), url);
      if (url.port === '8000') break;
      response = await this.fetch(url);
    }
    return { url, response };
  }

  submit(url, fields) {
    return this.open(url, { method: 'POST', body: new URLSearchParams(fields) });
  }
}

export function authorization({ issuer }, parameters = {}) {
  const verifier = randomBytes(32).toString('base64url');
  const url = new URL(`${issuer}/auth`);
  url.search = new URLSearchParams({
    client_id: 'test-app',
    redirect_uri: CALLBACK,
    response_type: 'code',
    scope: 'openid offline_access profile email roles urn:logto:scope:organizations',
    state: 'the-state',
    nonce: 'the-nonce',
    prompt: 'consent',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...parameters,
  });
  return { url, verifier };
}

export async function post(address, fields, headers = { authorization: BASIC }) {
  const response = await fetch(address, { method: 'POST', headers, body: new URLSearchParams(fields) });
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text) };
}

export const userinfo = ({ issuer }, token) => fetch(`${issuer}/me`, { headers: { authorization: `Bearer ${token}` } });
export const refresh = ({ issuer }, refresh_token, more = {}) =>
  post(`${issuer}/token`, { grant_type: 'refresh_token', refresh_token, ...more });

export const part = (token, index) => JSON.parse(Buffer.from(token.split('.')[index], 'base64url'));

export async function signIn(provider, { username = 'alice', browser = new Browser(), parameters } = {}) {
  const { url, verifier } = authorization(provider, parameters);
  let at = await browser.open(url);
  if (at.url.pathname === '/sign-in') at = await browser.submit(at.url, { username });
  assert.equal(at.url.href.split('?')[0], CALLBACK, `ended at ${at.url}`);
  const code = at.url.searchParams.get('code');
  const exchange = () =>
    post(`${provider.issuer}/token`, {
      grant_type: 'authorization_code',
      code,
      redirect_uri: CALLBACK,
      code_verifier: verifier,
    });
  return { browser, callback: at.url.searchParams, exchange };
}

export async function signOut({ issuer }, browser) {
  const end = new URL(`${issuer}/session/end`);
  end.search = new URLSearchParams({ client_id: 'test-app', post_logout_redirect_uri: SIGNED_OUT, state: 'bye' });
  const form = await (await browser.fetch(end)).text();
  assert.match(form, /document\.forms\[0\]\.submit\(\)/);
  const action = /action="([^"]+)"/.exec(form)[1];
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(form)[1];
  return (await browser.submit(action, { xsrf, logout: 'yes' })).url;
}
