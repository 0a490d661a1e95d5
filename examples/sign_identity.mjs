// What the host page's server signs for the traveller who is signed in there: CONCIERGE_HOST_KEY=… node sign_identity.mjs lin-gold
import { createHmac } from "node:crypto";

const { CONCIERGE_HOST_KEY: key, CONCIERGE_HOST_KID: kid } = process.env; // kid: needed where the Concierge knows several keys
const now = Math.floor(Date.now() / 1000);
const part = (said) => Buffer.from(JSON.stringify(said)).toString("base64url");
const header = { alg: "HS256", typ: "JWT", ...(kid && { kid }) };
const text = `${part(header)}.${part({ sub: process.argv[2], aud: "travel-concierge", iat: now, exp: now + 600 })}`;
if (!key) throw new Error("CONCIERGE_HOST_KEY is not set: nothing was signed.");
console.log(`${text}.${createHmac("sha256", key).update(text).digest("base64url")}`);
