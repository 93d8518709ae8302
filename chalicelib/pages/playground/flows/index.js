// Every flow there is. tests/architecture/test_playground.py holds the list to what the server can do.

import { idJagIn, idJagOut, jwtBearer } from "./assertion.js";
import { clientSecretJwt, privateKeyJwt } from "./authentication.js";
import { code, openid } from "./code.js";
import { device } from "./device.js";
import { onBehalf, tokenExchange } from "./exchange.js";
import { introspection, introspectionJwt, opaque } from "./introspection.js";
import { implicit, password } from "./legacy.js";
import { logout } from "./logout.js";
import { clientCredentials } from "./service.js";
import { refreshToken, revocation } from "./tokens.js";
import { metadataDocument, registration } from "./unknown.js";

export const FLOWS = [
  code,
  openid,
  device,
  logout,
  refreshToken,
  introspection,
  introspectionJwt,
  opaque,
  revocation,
  clientCredentials,
  tokenExchange,
  onBehalf,
  jwtBearer,
  idJagIn,
  idJagOut,
  metadataDocument,
  registration,
  clientSecretJwt,
  privateKeyJwt,
  password,
  implicit,
];

// Why a flow can't be run at this server; null where it can.
export function whyNot(flow, server) {
  for (const [member, value] of Object.entries(flow.needs)) {
    if (!server.has(member, value)) {
      return value === true ? `The server's metadata has no ${member}.` : `The server's ${member} does not have ${value}.`;
    }
  }
  return null;
}
