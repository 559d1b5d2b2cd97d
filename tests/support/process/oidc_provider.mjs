// A real OpenID Connect provider (npm: oidc-provider) on a free port. Prints the port; ends when its input ends. The address of
// its page selects the user: /interaction/…?account=rosa is rosa@example.org, verified; ?account=rosa.unproved is the same
// address, unverified; ?account=rosa.silent has no address; ?account=nobody refuses.
import { createServer } from 'node:http';
import { randomBytes } from 'node:crypto';
import { generateKeyPair, exportJWK } from 'jose';
import Provider from 'oidc-provider';

const server = createServer();
await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = await generateKeyPair('RS256', { extractable: true });

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'praxis',
    client_secret: 'a-secret-of-the-tests: not for anything else',
    application_type: 'native', // on this machine, with any port
    redirect_uris: ['http://127.0.0.1/login/oidc/clinic_id/callback', 'http://127.0.0.1/login/oidc/second/callback'],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['given_name', 'family_name', 'preferred_username'] },
  cookies: { keys: [randomBytes(16).toString('hex')] },
  features: { devInteractions: { enabled: false } },
  findAccount: (_, id) => ({ accountId: id, claims: () => claims(id) }),
  interactions: { url: (_, interaction) => `/interaction/${interaction.uid}` },
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'RS256', use: 'sig' }] },
  pkce: { required: () => true },
  renderError: (ctx, out) => { ctx.body = JSON.stringify(out); },
});

function claims(id) {
  const [name, manner] = id.split('.');
  const known = { sub: `number-of-${id}`, given_name: name[0].toUpperCase() + name.slice(1), family_name: 'Example', preferred_username: name };
  return manner === 'silent' ? known : { ...known, email: `${name}@example.org`, email_verified: manner !== 'unproved' };
}

async function interact(request, response) {
  const url = new URL(request.url, issuer);
  const { uid, prompt, params, session } = await provider.interactionDetails(request, response);
  const account = url.searchParams.get('account');
  if (prompt.name === 'consent') {
    const grant = new provider.Grant({ accountId: session.accountId, clientId: params.client_id });
    grant.addOIDCScope('openid email profile');
    return provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  }
  if (account === 'nobody') return provider.interactionFinished(request, response, { error: 'access_denied' });
  if (account) return provider.interactionFinished(request, response, { login: { accountId: account } });
  const links = ['rosa', 'colin', 'zoe', 'nobody'].map((name) => `<li><a href="/interaction/${uid}?account=${name}">${name}</a></li>`);
  response.setHeader('content-type', 'text/html');
  return response.end(`<!doctype html><title>Clinic ID</title><h1>Who are you?</h1><ul>${links.join('')}</ul>`);
}

const answer = provider.callback();
server.on('request', (request, response) => {
  if (!request.url.startsWith('/interaction/')) return answer(request, response);
  return interact(request, response).catch((error) => { response.statusCode = 500; response.end(String(error)); });
});
console.log(server.address().port);
process.stdin.resume().on('end', () => process.exit());
