import { Command, Option } from "commander";
import { print } from "../lib/log.ts";
import { withExamples } from "./examples.ts";
import { printJson } from "./json.ts";
import { toOrigin } from "./origin.ts";
import { readConfig, withSettings } from "./settings.ts";

/** What other programs read to find this server: our own, and those that speak another API. */
const variables: readonly Variable[] = [
  { name: "PARLEY_URL", value: ({ origin }) => origin },
  {
    name: "PARLEY_ACCESS_KEY",
    value: ({ key }) => key,
    secret: "a key that is sent as Authorization: Bearer …; parley keys create makes one",
  },
  { name: "OPENAI_BASE_URL", value: ({ origin }) => `${origin}/v1` },
  theirKey("OPENAI_API_KEY"),
  { name: "ANTHROPIC_BASE_URL", value: ({ origin }) => origin },
  theirKey("ANTHROPIC_API_KEY"),
  { name: "GOOGLE_GEMINI_BASE_URL", value: ({ origin }) => origin },
  theirKey("GEMINI_API_KEY"),
  { name: "OLLAMA_HOST", value: ({ origin }) => origin },
];

interface Server {
  readonly origin: string;
  /** Empty where the settings have none. */
  readonly key: string;
}

/** Their tools do not start without a key: where we want none any will do. */
const anyKey = "parley";

function theirKey(name: string): Variable {
  return { name, value: ({ key }) => key || anyKey, secret: "the same key", isShown: ({ key }) => key === "" };
}

interface Variable {
  readonly name: string;
  readonly value: (server: Server) => string;
  /** Of one that is shown to those alone who ask for it: what is said instead. */
  readonly secret?: string;
  /** Whether it is no secret with this server. */
  readonly isShown?: (server: Server) => boolean;
}

const shells = ["sh", "bash", "zsh", "fish", "powershell"] as const;
type Shell = (typeof shells)[number];

interface EnvOptions extends Readonly<Record<string, unknown>> {
  readonly shell: Shell;
  readonly url?: string;
  readonly showKey?: boolean;
  readonly json?: boolean;
}

export function envCommand(): Command {
  const command = new Command("env")
    .description("print the variables that other tools need to find this server")
    .addOption(new Option("--shell <name>", "in which shell's words").choices(shells).default("sh"))
    .option("--url <address>", "the server's address; else this machine and the port of the settings")
    .option("--show-key", "print the access key of the settings too, where there is one")
    .option("--json", "print JSON")
    .action((options: EnvOptions) => {
      const config = readConfig(options);
      const server = { origin: toOrigin(config, options.url), key: config.access_key };
      const isShown = ({ secret, value, isShown }: Variable) =>
        secret === undefined || isShown?.(server) || (options.showKey === true && value(server) !== "");
      if (options.json) {
        const shown = variables.filter(isShown).map(({ name, value }) => [name, value(server)]);
        return printJson(Object.fromEntries(shown));
      }
      for (const variable of variables)
        print(isShown(variable) ? toLine(variable.name, variable.value(server), options.shell) : toHint(variable));
    });
  withExamples(
    command,
    {
      'eval "$(parley env)"': "bash, zsh and every sh",
      "parley env --shell fish | source": "fish",
      "parley env --shell powershell | Out-String | Invoke-Expression": "PowerShell",
      "parley env --url https://chat.example.com": "of a server elsewhere",
    },
    'Then: curl "$PARLEY_URL/backend-api/v2/version", and what speaks another API (OpenAI, Anthropic, Gemini, Ollama) finds it, too',
  );
  return withSettings(command);
}

function toLine(name: string, value: string, shell: Shell): string {
  if (shell === "powershell") return `$env:${name} = '${value.replaceAll("'", "''")}'\n`;
  if (shell === "fish") return `set -gx ${name} '${value.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'\n`;
  return `export ${name}='${value.replaceAll("'", "'\\''")}'\n`;
}

/** A line that every shell passes over. */
function toHint({ name, secret = "" }: Variable): string {
  return `# ${name}: ${secret}\n`;
}
