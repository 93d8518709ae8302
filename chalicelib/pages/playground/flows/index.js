// Every flow there is. tests/architecture/test_playground.py holds the list to what the server can do.

import { code, openid } from "./code.js";

export const FLOWS = [code, openid];

// Why a flow can't be run at this server; null where it can.
export function whyNot(flow, server) {
  for (const [member, value] of Object.entries(flow.needs)) {
    if (!server.has(member, value)) {
      return value === true ? `The server's metadata has no ${member}.` : `The server's ${member} does not have ${value}.`;
    }
  }
  return flow.unless?.(server) ?? null;
}
