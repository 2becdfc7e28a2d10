import { print, printAside } from "../../../lib/log.ts";
import { suggestion } from "../../../lib/nearest.ts";
import type { ModelSummary } from "../../../protocol/models.ts";
import type { Session, SlashCommand } from "../session.ts";

/** What takes back a choice. */
const automatic = "auto";

export const modelCommand: SlashCommand = {
  name: "model",
  argument: "[name]",
  sentence: "shows or chooses the model, as gpt-5 or OpenAI/gpt-5; auto: the provider's default",
  async act(typed, session) {
    const { choice, said } = session.conversation;
    if (typed === "") {
      const last = said.findLast(({ model }) => model !== null)?.model;
      return print(`${choice.model ?? automatic}${choice.model === null && last ? `: ${last} answered last` : ""}\n`);
    }
    const { registry } = session.services;
    const slash = typed.indexOf("/");
    // Names of models have slashes too.
    const provider = slash > 0 ? registry.find(typed.slice(0, slash)) : undefined;
    const model = provider ? typed.slice(slash + 1) : typed;
    if (provider) choice.provider = provider.name;
    choice.model = model === automatic || model === "" ? null : model;
    if (choice.model !== null) await checkModel(choice.model, session);
    tellChoice(session);
  },
  async complete(start, { services: { registry, catalogue, ready } }) {
    await ready;
    const slash = start.indexOf("/");
    const named = slash > 0 ? registry.find(start.slice(0, slash)) : undefined;
    const all = await catalogue.summary(named ? [named] : registry.select());
    const names = all.map(({ name }) => name);
    if (named) return [...names, ...names.map((name) => `${start.slice(0, slash)}/${name}`)];
    return [
      ...names,
      ...registry
        .list()
        .filter(registry.canBeAsked)
        .map(({ name }) => `${name}/`),
    ];
  },
};

/** What is on nobody's list may be there all the same: it is chosen, and one is told. */
async function checkModel(model: string, { services, conversation: { choice } }: Session): Promise<void> {
  const { registry, catalogue, ready } = services;
  await ready;
  const isNamed = (each: ModelSummary) => each.name.toLowerCase() === model.toLowerCase();
  if (choice.provider !== null) {
    const its = await catalogue.summary(registry.select(choice.provider));
    if (its.some(isNamed)) return;
    if (!(await catalogue.summary(registry.select())).some(isNamed))
      return printAside(
        `${choice.provider} does not list ${model}${suggestion(
          model,
          its.map(({ name }) => name),
        )}\n`,
      );
    choice.provider = null;
    return;
  }
  const all = await catalogue.summary(registry.select());
  if (!all.some(isNamed))
    printAside(
      `nobody lists ${model}${suggestion(
        model,
        all.map(({ name }) => name),
      )}\n`,
    );
}

export const providerCommand: SlashCommand = {
  name: "provider",
  argument: "[name]",
  sentence: "shows or chooses who is asked; auto: the router chooses",
  act(typed, session) {
    const { choice } = session.conversation;
    if (typed === "") return print(`${choice.provider ?? automatic}\n`);
    choice.provider = typed === automatic ? null : session.services.registry.get(typed).name;
    // A model is one provider's, mostly.
    choice.model = null;
    tellChoice(session);
  },
  complete: (_, { services: { registry } }) => [
    ...registry
      .list()
      .filter(registry.canBeAsked)
      .map(({ name }) => name),
    automatic,
  ],
};

function tellChoice({ conversation: { choice } }: Session): void {
  printAside(`model ${choice.model ?? automatic}, provider ${choice.provider ?? automatic}\n`);
}

export const systemCommand: SlashCommand = {
  name: "system",
  argument: "[text]",
  sentence: "shows or says how the model shall answer; off: as it likes",
  act(typed, { conversation: { choice } }) {
    if (typed === "") return print(`${choice.system ?? "off"}\n`);
    choice.system = typed === "off" ? undefined : typed;
    printAside(choice.system === undefined ? "as it likes\n" : "from the next answer on\n");
  },
};

const webChoices: Readonly<Record<string, string | boolean>> = { on: true, off: false, auto: "auto" };

export const webCommand: SlashCommand = {
  name: "web",
  argument: "[on|off|auto|words]",
  sentence: "searches the web for each question, as the model likes, or for these words with the next question",
  act(typed, { conversation: { choice } }) {
    const chosen = Object.hasOwn(webChoices, typed) ? webChoices[typed] : undefined;
    if (chosen !== undefined) choice.web = chosen;
    else if (typed !== "") choice.nextQuery = typed;
    const always = Object.keys(webChoices).find((name) => webChoices[name] === choice.web) ?? choice.web;
    const next = choice.nextQuery === undefined ? "" : `; the next question: ${choice.nextQuery}`;
    print(`${always}${next}\n`);
  },
  complete: () => Object.keys(webChoices),
};
