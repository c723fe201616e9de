// An OpenID provider of a bank, made with the package oidc-provider: `node openid_provider.mjs PACKAGE CERTIFICATE KEY`.
//
// It serves HTTPS on a free port of localhost, and obeys lines on its standard input, each answered by a line of JSON:
//
//   rotate   signs with a new key from now on; the keys before it stay published
//   retire   publishes the signing key alone
//   down     ends every connection
//   up       serves again
//
// It ends when its input does. Applications: "web" gets access tokens by its own credentials, and for customers;
// "mobile-app" has customers sign in. The customer is whoever `login_hint` names; what a person would click is done at once.

import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [, , folder, certificate, key] = process.argv;
// It logs requests that it refuses; standard output is for answers to commands.
console.info = console.log = console.warn = console.error;
const { Provider } = await import(pathToFileURL(join(folder, 'lib', 'index.js')));

const RESOURCE = 'urn:bank:corporate-banking';
const REDIRECT = 'https://app.bank.example/signed-in';
const CLIENTS = [
  {
    client_id: 'web',
    client_secret: 'not-a-secret',
    token_endpoint_auth_method: 'client_secret_post',
    grant_types: ['client_credentials', 'authorization_code'],
    redirect_uris: [REDIRECT],
  },
  { client_id: 'mobile-app', token_endpoint_auth_method: 'none', redirect_uris: [REDIRECT] },
].map((client) => ({ id_token_signed_response_alg: 'ES256', ...client }));

let count = 0;
const newKey = () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  count += 1;
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${count}`, use: 'sig', alg: 'ES256' };
};
let keys = [newKey()];
let down = false;
let answer;

// The package takes its keys once, so other keys are another provider behind the same door.
const serve = (issuer) => {
  const provider = new Provider(issuer, {
    clients: CLIENTS,
    jwks: { keys },
    cookies: { keys: ['not-a-secret'] },
    scopes: ['openid'],
    enabledJWA: { idTokenSigningAlgValues: ['ES256'] },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: (_, __, oneOf) => oneOf,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: 'challenge',
          audience: RESOURCE,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
  });
  const handle = provider.callback();
  const consent = async (request, response) => {
    const { params } = await provider.interactionDetails(request, response);
    const accountId = params.login_hint;
    const grant = new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope('openid');
    grant.addResourceScope(RESOURCE, 'challenge');
    const grantId = await grant.save();
    return provider.interactionFinished(request, response, { login: { accountId }, consent: { grantId } });
  };
  answer = (request, response) => (request.url.startsWith('/interaction/') ? consent : handle)(request, response);
};

const sockets = new Set();
const options = { cert: readFileSync(certificate), key: readFileSync(key) };
const server = createServer(options, (request, response) => answer(request, response));
server.on('connection', (socket) => {
  if (down) {
    socket.destroy();
    return;
  }
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
});
server.listen(0, 'localhost', () => {
  const issuer = `https://localhost:${server.address().port}`;
  serve(issuer);
  const tell = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
  const commands = {
    rotate: () => {
      keys = [newKey(), ...keys];
      serve(issuer);
    },
    retire: () => {
      keys = keys.slice(0, 1);
      serve(issuer);
    },
    down: () => {
      down = true;
      sockets.forEach((socket) => socket.destroy());
    },
    up: () => {
      down = false;
    },
  };
  tell({ issuer });
  createInterface({ input: process.stdin })
    .on('line', (line) => {
      commands[line]();
      tell({ signs: keys[0].kid, published: keys.length });
    })
    .on('close', () => process.exit());
});
