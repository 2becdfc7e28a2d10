import { Type } from "@sinclair/typebox";
import { logLevels } from "../../lib/log.ts";
import { choice, flag, secret, text } from "../setting-kinds.ts";

/** How the server is reached, who may call it, and where it keeps everything. */
export const serverSettings = {
  host: text("Address to listen on; anything beyond this machine needs an access key", "127.0.0.1"),
  port: Type.Integer({
    description: "Port to listen on; 0 takes a free one",
    default: 7337,
    minimum: 0,
    maximum: 65_535,
  }),
  data_dir: text("Where everything is kept; the system's place for application data if empty", ""),
  access_key: secret("A key that callers must send as `Authorization: Bearer …` or `x-api-key`"),
  session_days: Type.Integer({
    description: "How many days a browser stays signed in without coming back",
    default: 30,
    minimum: 1,
    maximum: 400,
  }),
  setup: flag(
    "Where no key was ever made, start closed, and print a link with which a browser makes the first one within 15 minutes",
  ),
  secret_key: Type.String({
    description:
      "What cookies and keys of providers are encrypted with on disk; if not set, a key of their own in the data directory, `secret.key`",
    default: "",
    secret: true,
    pattern: "^(.{32,})?$",
    expected: "a key of at least 32 characters",
  }),
  cors_origins: Type.Array(Type.String(), {
    description: "Origins of web pages that may call; `*` for any, without credentials",
    default: [],
  }),
  trusted_proxies: Type.Array(Type.String(), {
    description:
      "Proxies in front of the server, `ip`, `ip/bits` or `loopback`: they alone may say who asks (`X-Forwarded-For`), and at which address (`-Proto`, `-Host`)",
    default: [],
  }),
  public_url: Type.String({
    description: "The address that browsers see, where a proxy does not say it: `https://chat.example.com`",
    default: "",
    pattern: "^(https?://[^/?#@\\s]+/?)?$",
    expected: "an address without a path, such as https://chat.example.com",
  }),
  allowed_hosts: Type.Array(Type.String(), {
    description:
      "Hosts, `host` or `host:port`, that callers and pages may name though they are not public: the only way past the guard",
    default: [],
  }),
  dns_servers: Type.Array(Type.String(), {
    description: "Name servers, `ip` or `ip:port`, asked for what callers and pages name; the system's if none",
    default: [],
  }),
  conversation_format: choice("How answers are framed where the caller does not say", ["sse", "ndjson"], "sse"),
  log_level: choice("How much the log says", logLevels, "info"),
  log_format: choice(
    "How lines of the log are written: for people, as JSON, or by what reads them: a terminal or not",
    ["auto", "pretty", "json"],
    "auto",
  ),
  log_requests: flag("Tells of every request and answer at level `info` rather than `debug`; never what was sent"),
};
