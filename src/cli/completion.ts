import { Argument, Command } from "commander";
import { print } from "../lib/log.ts";
import { adapters } from "../providers/registry.ts";
import { toBash } from "./completion/bash.ts";
import { toFish } from "./completion/fish.ts";
import { toPowershell } from "./completion/powershell.ts";
import { type Place, toPlaces } from "./completion/words.ts";
import { toZsh } from "./completion/zsh.ts";
import { withExamples } from "./examples.ts";

const shells = { bash: toBash, zsh: toZsh, fish: toFish, powershell: toPowershell } as const;

/** `readProgram` reads all the commands there are, which is not done for any other. */
export function completionCommand(readProgram: () => Promise<Command>): Command {
  const command = new Command("completion")
    .description("print what lets a shell complete commands, options and their values")
    .addArgument(new Argument("<shell>", "which shell reads it").choices(Object.keys(shells)))
    .action(async (shell: keyof typeof shells) => {
      const proposals = { "--provider": adapters.map(({ name }) => name) };
      print(shells[shell](startingServer(toPlaces(await readProgram(), proposals))));
    });
  return withExamples(
    command,
    {
      'eval "$(parley completion bash)"': "in ~/.bashrc",
      'eval "$(parley completion zsh)"': "in ~/.zshrc, after compinit",
      "parley completion fish > ~/.config/fish/completions/parley.fish": "once",
      "parley completion powershell | Out-String | Invoke-Expression": "in $PROFILE",
    },
    "Then press Tab: parley keys <Tab>. Print it anew after an update.",
  );
}

/** Without a command the server is meant: its options may stand there. */
function startingServer([first, ...others]: readonly Place[]): readonly Place[] {
  const serve = others.find(({ path }) => path === "serve");
  if (!first || !serve) return first ? [first, ...others] : others;
  const has = (word = "") => first.options.some(({ words }) => words.includes(word));
  return [{ ...first, options: [...first.options, ...serve.options.filter(({ words }) => !has(words[0]))] }, ...others];
}
