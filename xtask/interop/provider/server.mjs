// An OpenID provider that is not ours, on loopback, for `cargo xtask interop`.
//
// It prints `{"issuer": ...}` on one line once it listens, and ends when its standard input does.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

const SUBJECT = 'somebody';
const SCOPE = 'openid offline_access';

const server = createServer();
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration());
  const answer = provider.callback();
  const counts = { granted: 0, refused: 0 };
  provider.on('grant.success', () => (counts.granted += 1));
  provider.on('grant.error', () => (counts.refused += 1));
  server.on('request', (request, response) => {
    const url = new URL(request.url, issuer);
    if (url.pathname.startsWith('/test/')) {
      steer({ provider, counts, url, request, response }).catch((error) => reply(response, 500, { error: String(error) }));
    } else {
      answer(request, response);
    }
  });
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});
process.stdin.resume().on('end', () => process.exit(0));

function configuration() {
  const device = 'urn:ietf:params:oauth:grant-type:device_code';
  const shared = { client_secret: 'a secret/with +signs:', redirect_uris: [], response_types: [] };
  const open = { redirect_uris: [], response_types: [], token_endpoint_auth_method: 'none' };
  return {
    clients: [
      { ...shared, client_id: 'basic', grant_types: ['client_credentials'] },
      {
        ...shared,
        client_id: 'post',
        grant_types: ['client_credentials'],
        token_endpoint_auth_method: 'client_secret_post',
      },
      { ...open, client_id: 'device', grant_types: [device, 'refresh_token'], application_type: 'native' },
      {
        ...open,
        client_id: 'dpop',
        grant_types: [device, 'refresh_token'],
        application_type: 'native',
        dpop_bound_access_tokens: true,
      },
    ],
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
      introspection: { enabled: true },
      revocation: { enabled: true },
    },
    findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    issueRefreshToken: () => true,
    rotateRefreshToken: true,
    cookies: { keys: [randomBytes(16).toString('hex')] },
    scopes: ['openid', 'offline_access'],
    ttl: { AccessToken: 3600, ClientCredentials: 3600, DeviceCode: 600, RefreshToken: 3600 },
  };
}

// What a person would do with a browser.
async function steer({ provider, counts, url, request, response }) {
  const asked = Object.fromEntries(url.searchParams);
  switch (url.pathname) {
    case '/test/approve': {
      const code = await waiting(provider, asked.user_code);
      const grant = await granted(provider, code.clientId);
      Object.assign(code, {
        accountId: SUBJECT,
        authTime: Math.floor(Date.now() / 1000),
        grantId: grant,
        scope: SCOPE,
      });
      await code.save();
      return reply(response, 200, {});
    }
    case '/test/deny': {
      const code = await waiting(provider, asked.user_code);
      Object.assign(code, { error: 'access_denied', errorDescription: 'the person said no' });
      await code.save();
      return reply(response, 200, {});
    }
    case '/test/session': {
      const client = await provider.Client.find(asked.client_id);
      const token = new provider.RefreshToken({
        accountId: SUBJECT,
        authTime: Math.floor(Date.now() / 1000),
        client,
        expiresWithSession: false,
        grantId: await granted(provider, asked.client_id),
        gty: 'device_code',
        rotations: 0,
        scope: SCOPE,
      });
      return reply(response, 200, { refresh_token: await token.save() });
    }
    case '/test/counts':
      return reply(response, 200, counts);
    // As if an administrator had taken the token back.
    case '/test/destroy': {
      const found = await token(provider, asked.token);
      await found?.destroy();
      return reply(response, 200, { destroyed: Boolean(found) });
    }
    // An API that takes the provider's tokens, those without a person behind them included.
    case '/test/resource': {
      const found = await token(provider, (request.headers.authorization ?? '').replace('Bearer ', ''));
      if (!found) {
        response.setHeader('www-authenticate', 'Bearer error="invalid_token"');
        return reply(response, 401, { error: 'invalid_token' });
      }
      return reply(response, 200, { client_id: found.clientId, token: found.jti });
    }
    default:
      return reply(response, 404, {});
  }
}

// Codes are shown with dashes and kept without.
async function waiting(provider, userCode) {
  return provider.DeviceCode.findByUserCode(userCode.replaceAll(/\W/g, '').toUpperCase());
}

async function token(provider, value) {
  return (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value));
}

async function granted(provider, clientId) {
  const grant = new provider.Grant({ accountId: SUBJECT, clientId });
  grant.addOIDCScope(SCOPE);
  return grant.save();
}

function reply(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
