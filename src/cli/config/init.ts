import { writeFileSync } from "node:fs";
import { Command } from "commander";
import type { TSchema } from "@sinclair/typebox";
import { type SettingName, Settings } from "../../config/settings.ts";
import { print } from "../../lib/log.ts";
import { withExamples } from "../examples.ts";
import { assertWritable } from "../output-file.ts";

export function initCommand(): Command {
  const command = new Command("init")
    .description("write a parley.yaml with the settings that people need first, each explained")
    .argument("[file]", "where to", "parley.yaml")
    .option("--print", "print it instead")
    .option("--force", "write over a file that is there")
    .action((file: string, options: { print?: boolean; force?: boolean }) => {
      if (options.print || file === "-") return print(toSettingsFile());
      assertWritable(file, options.force);
      // Keys may come to stand in it.
      writeFileSync(file, toSettingsFile(), { mode: 0o600 });
      print(`${file} is written: everything in it is the default until you take a # away.\n`);
      print(`Then: parley config validate ${file}\n`);
    });
  return withExamples(
    command,
    {
      "parley config init": "parley.yaml, in this folder",
      "parley config init --print > team.yaml": "elsewhere; parley serve --config team.yaml reads it",
    },
    "parley.yaml in this folder is read by every command. Check it after a change: parley config validate",
  );
}

/** Under headings. What is not here is in the README's table, and in `parley serve --help`. */
const sections: Readonly<Record<string, readonly SettingName[]>> = {
  "Where it listens, and where everything is kept": ["host", "port", "data_dir"],
  "Who may call: for others make a key of their own, with parley keys create <name>": [
    "cors_origins",
    "allowed_hosts",
    "budget_tokens",
  ],
  "The web": ["search_engines", "searxng_url", "max_words"],
  "Chats and memory": ["titles", "memory_embeddings", "memory_extract"],
  "Who answers": ["router_strategy", "first_token_timeout", "hedge_after", "public_providers"],
  "What it may take on disk": ["max_files", "max_media", "usage_retention"],
  "What is logged": ["log_level"],
};

const lists = `
# Providers. A vendor's own variable, such as OPENAI_API_KEY, does without any of this; \${env.NAME} reads a variable.
# More: src/help/providers.md
#providers:
#  - name: OpenAI
#    api_key: \${env.OPENAI_API_KEY}
#    default_model: gpt-4o-mini
#  - name: Lab
#    type: custom
#    base_url: http://192.168.1.20:8000/v1

# Choices of your own among them, which are asked for like a model. More: src/help/routing.md
#routes:
#  - name: fast
#    providers:
#      - provider: Lab
#      - provider: OpenAI
#        model: gpt-4o-mini

# MCP servers, and which of their tools models may call. More: src/help/mcp.md
#mcp_servers:
#  - name: notes
#    command: npx
#    args: [-y, "@modelcontextprotocol/server-filesystem", /srv/notes]
#    tools: [read_text_file, search_files]
`;

/** Prose begins with `# `, and what may be used with `#` alone: without that sign it is what holds anyway. */
export function toSettingsFile(): string {
  const parts = Object.entries(sections).map(
    ([heading, names]) => `\n# ${heading}.\n${names.map((name) => `\n${toEntry(name)}`).join("")}`,
  );
  return `# Parley's settings. A variable wins over this file, and a flag over both: parley config print --origins tells.\n${parts.join("")}${lists}`;
}

function toEntry(name: SettingName): string {
  const schema: TSchema = Settings.properties[name];
  const { description = "", default: value } = schema;
  return `# ${description}.\n#${name}: ${JSON.stringify(value)}\n`;
}
