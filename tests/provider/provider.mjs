// A real OpenID provider on 127.0.0.1 that behaves like Logto: Logto is built on the same oidc-provider.
//
//   PORT                      0: any free one
//   REDIRECT_URI              space-separated
//   POST_LOGOUT_REDIRECT_URI  space-separated
//   CLIENT_ID, CLIENT_SECRET
//   MACHINE_ID, MACHINE_SECRET  an application that gets tokens of its own
//   BACKCHANNEL_LOGOUT_URI    none
//   SECOND_BASE_URL           the address of a second application, `second-app` with the same secret; none
//   TLS_CERTIFICATE, TLS_KEY  PEM files; without them it speaks HTTP
//   RESOURCES                 JSON: API resource to its scopes, space-separated
//   ORGANIZATION_SCOPES       the permissions that there are in organizations
//   ROTATE                    1: rotate refresh tokens each time; else late in their life, like Logto for a web application
//   STEP_UP                   0: ignore `max_age` and `prompt=login`, as a provider may that does not know them
//   REUSE_GRACE               milliseconds for which a rotated refresh token still works, 3000 at Logto
//
// Prints `listening http://127.0.0.1:PORT` (https with a certificate) when it is ready, and ends when its stdin does.
//
//   GET  /_counts             how many requests were served: {"auth": 1, "token:refresh_token": 2, …}
//   POST /_users/alice        changes the record of a user: {"suspended": true}, {"roles": []}
//   POST /_time               moves its time ahead: {"seconds": 3600}
//   POST /_keys               signs with a new key from now on, and publishes so many of the old ones besides: {"old": 1}

import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Provider } from 'oidc-provider';

import { configuration, permissionsOf, signingKey } from './configuration.mjs';
import { addOrganizationTokens, ORGANIZATIONS_RESOURCE } from './organizations.mjs';
import { servePage } from './pages.mjs';
import { storage } from './storage.mjs';
import { users } from './users.mjs';

const { env } = process;
const list = (text) => (text ?? '').split(' ').filter(Boolean);

const first = {
  id: env.CLIENT_ID ?? 'test-app',
  secret: env.CLIENT_SECRET ?? 'test-secret',
  redirectUris: list(env.REDIRECT_URI ?? 'http://127.0.0.1:8000/auth/sign-in-callback'),
  postLogoutRedirectUris: list(env.POST_LOGOUT_REDIRECT_URI ?? 'http://127.0.0.1:8000/auth/sign-out-callback'),
  backchannelLogoutUri: env.BACKCHANNEL_LOGOUT_URI,
};

const second = (base) => ({
  id: 'second-app',
  secret: first.secret,
  redirectUris: [`${base}/auth/sign-in-callback`],
  postLogoutRedirectUris: [`${base}/auth/sign-out-callback`],
  backchannelLogoutUri: `${base}/auth/backchannel-logout`,
});

const options = {
  applications: env.SECOND_BASE_URL ? [first, second(env.SECOND_BASE_URL)] : [first],
  machineId: env.MACHINE_ID ?? 'test-machine',
  machineSecret: env.MACHINE_SECRET ?? 'machine-secret',
  resources: {
    ...JSON.parse(env.RESOURCES ?? '{"https://orders.example.test":"read:orders write:orders"}'),
    [ORGANIZATIONS_RESOURCE]: env.ORGANIZATION_SCOPES ?? 'read:invoices write:invoices',
  },
  rotate: env.ROTATE === '1',
  stepUp: env.STEP_UP !== '0',
};

const kept = {
  adapter: storage({ reuseGrace: Number(env.REUSE_GRACE ?? 3000) }),
  cookieKeys: [randomBytes(32).toString('hex')],
  signingKeys: [signingKey()],
};

const MOUNT = '/oidc';
const counts = {};

function createProvider(origin) {
  const provider = new Provider(origin + MOUNT, configuration(options, kept));
  addOrganizationTokens(provider);
  provider.use(async (context, next) => {
    await next();
    const route = context.path.slice(1);
    const grant = route === 'token' ? `:${context.oidc?.params?.grant_type ?? 'unknown'}` : '';
    counts[route + grant] = (counts[route + grant] ?? 0) + 1;
    // Logto adds its own two members to what oidc-provider says.
    if (context.body?.error) {
      const { error, error_description: description = error } = context.body;
      context.body = { code: `oidc.${error}`, message: description, ...context.body };
    }
  });
  provider.on('server_error', (_context, error) => console.error(error));
  provider.on('backchannel.error', (_context, error) => console.error(error));
  return provider;
}

function json(response, status, body) {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
}

async function jsonOf(request) {
  let body = '';
  for await (const chunk of request) body += chunk;
  return JSON.parse(body || '{}');
}

async function changeUser(name, request, response) {
  const user = users.get(name);
  if (!user) return json(response, 404, { error: `there is no user ${name}` });
  return json(response, 200, Object.assign(user, await jsonOf(request)));
}

/** Makes the provider anew with what it has kept, as Logto does after a rotation. */
async function rotateKeys(context, request, response) {
  const { old = 1 } = await jsonOf(request);
  kept.signingKeys = [signingKey(), ...kept.signingKeys.slice(0, old)];
  Object.assign(context, oidc(context.origin));
  return json(response, 200, { published: kept.signingKeys.length });
}

/** An authorization request without its wish for a fresh sign-in. */
function withoutStepUp(address) {
  const url = new URL(address, 'http://localhost');
  if (url.pathname !== `${MOUNT}/auth`) return address;
  const prompt = list(url.searchParams.get('prompt')).filter((word) => word !== 'login');
  url.searchParams.set('prompt', prompt.join(' '));
  url.searchParams.delete('max_age');
  return url.pathname + url.search;
}

const now = Date.now;
let ahead = 0;
Date.now = () => now() + ahead;

async function moveTime(request, response) {
  ahead += (await jsonOf(request)).seconds * 1000;
  return json(response, 200, { ahead: ahead / 1000 });
}

async function serve(context, request, response) {
  const url = new URL(request.url, context.origin);
  if (url.pathname.startsWith(`${MOUNT}/`)) {
    if (!options.stepUp) request.url = withoutStepUp(request.url);
    request.originalUrl = request.url;
    request.url = request.url.slice(MOUNT.length);
    return context.answer(request, response);
  }
  if (url.pathname === '/_counts') return json(response, 200, counts);
  if (request.method === 'POST' && url.pathname.startsWith('/_users/')) {
    return changeUser(url.pathname.slice('/_users/'.length), request, response);
  }
  if (request.method === 'POST' && url.pathname === '/_time') return moveTime(request, response);
  if (request.method === 'POST' && url.pathname === '/_keys') return rotateKeys(context, request, response);
  if (await servePage(context, request, response, url)) return undefined;
  return json(response, 404, { error: 'not found' });
}

function oidc(origin) {
  const provider = createProvider(origin);
  return { provider, answer: provider.callback() };
}

const tls = env.TLS_CERTIFICATE && { cert: readFileSync(env.TLS_CERTIFICATE), key: readFileSync(env.TLS_KEY) };
const server = tls ? createTlsServer(tls) : createServer();
server.listen(Number(env.PORT ?? 0), '127.0.0.1', () => {
  const origin = `${tls ? 'https' : 'http'}://127.0.0.1:${server.address().port}`;
  const context = { origin, ...oidc(origin), permissionsOf: permissionsOf(options.resources) };
  server.on('request', (request, response) => {
    // Node.js takes the header from the machine's clock.
    response.setHeader('Date', new Date(Date.now()).toUTCString());
    serve(context, request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) json(response, 500, { error: 'server_error' });
    });
  });
  console.log(`listening ${origin}`);
});

// Whoever started us holds the other end: a test that is killed leaves no provider behind.
process.stdin.resume().on('end', () => process.exit(0)).on('error', () => process.exit(0));
