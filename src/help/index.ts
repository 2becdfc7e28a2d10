import api from "./api.md" with { type: "text" };
import backup from "./backup.md" with { type: "text" };
import chats from "./chats.md" with { type: "text" };
import client from "./client.md" with { type: "text" };
import commandLine from "./command-line.md" with { type: "text" };
import configuration from "./configuration.md" with { type: "text" };
import cookies from "./cookies.md" with { type: "text" };
import deploy from "./deploy.md" with { type: "text" };
import files from "./files.md" with { type: "text" };
import mcp from "./mcp.md" with { type: "text" };
import memory from "./memory.md" with { type: "text" };
import otherApis from "./other-apis.md" with { type: "text" };
import page from "./page.md" with { type: "text" };
import providers from "./providers.md" with { type: "text" };
import routing from "./routing.md" with { type: "text" };
import search from "./search.md" with { type: "text" };
import security from "./security.md" with { type: "text" };
import start from "./start.md" with { type: "text" };
import troubleshooting from "./troubleshooting.md" with { type: "text" };

/** The documentation: what people read in the repository, and what the built-in assistant quotes. */
export const help = [
  start,
  page,
  providers,
  routing,
  files,
  search,
  chats,
  memory,
  commandLine,
  configuration,
  deploy,
  security,
  backup,
  api,
  otherApis,
  mcp,
  client,
  cookies,
  troubleshooting,
].join("\n");
