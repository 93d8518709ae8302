// Verifies tokens with jose, each as its case says: tokens.mjs's one argument is in CASES, a list of
// {name, token, jwks, issuer, audience, alg, typ, secret, decrypt: {jwk, alg, enc}, claims}.

import assert from 'node:assert/strict'
import test from 'node:test'
import * as jose from 'jose'

for (const given of JSON.parse(process.env.CASES)) {
  test(given.name, async () => {
    let token = given.token
    if (given.decrypt) {
      const key = await jose.importJWK(given.decrypt.jwk, given.decrypt.alg)
      const opened = await jose.compactDecrypt(token, key, {
        keyManagementAlgorithms: [given.decrypt.alg],
        contentEncryptionAlgorithms: [given.decrypt.enc],
      })
      assert.equal(opened.protectedHeader.cty, 'JWT')
      token = new TextDecoder().decode(opened.plaintext)
    }
    const expected = { issuer: given.issuer, audience: given.audience, typ: given.typ }
    let verified
    if (given.alg === 'none') {
      verified = jose.UnsecuredJWT.decode(token, expected)
    } else {
      const key = given.secret
        ? new TextEncoder().encode(given.secret)
        : jose.createLocalJWKSet(given.jwks)
      verified = await jose.jwtVerify(token, key, { ...expected, algorithms: [given.alg] })
      await assert.rejects(jose.jwtVerify(token.slice(0, -6) + 'AAAAAA', key), given.name)
    }
    for (const [name, value] of Object.entries(given.claims)) {
      assert.deepEqual(verified.payload[name], value, name)
    }
  })
}
