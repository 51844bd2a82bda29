// One browser for many scripts: each has contexts of its own in it.
//
// Prints `listening ws://…`, the value of BROWSER for the scripts, and ends when its stdin does.

import { serve } from './browser.mjs';

const server = await serve();
console.log(`listening ${server.wsEndpoint()}`);
const end = () => server.close().then(() => process.exit(0));
process.stdin.resume().on('end', end).on('error', end);
