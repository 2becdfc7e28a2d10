import { hasWords } from "../parts/has-words.ts";
import { block, type Operation, operationBody } from "./operation.ts";
import { anchorOf, element, inline, linkNames, type Schema, schemaTable, words } from "./schema.ts";

/** The page of the API: shows what `/openapi.json` says. */

interface Document {
  readonly info: { readonly version: string; readonly summary: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly responses: { readonly Failure: { readonly description: string } };
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

const find = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const key = find<HTMLInputElement>("key");
const search = find<HTMLInputElement>("search");
const raw = find<HTMLAnchorElement>("raw");
/** What can be searched for: an entry, its link, and what it is found by. */
const entries: { readonly entry: HTMLElement; readonly link: HTMLElement; readonly text: string }[] = [];

/** Of schemas. */
let names: ReadonlySet<string> = new Set();

key.addEventListener("change", () => void load());
search.addEventListener("input", narrow);
addEventListener("hashchange", openNamed);
void load();

async function load(): Promise<void> {
  const response = await ask();
  find("key-field").hidden = response.status !== 401 && key.value === "";
  if (!response.ok) {
    const state = element("p", response.status === 401 && key.value === "" ? "" : "failed");
    state.textContent = "This server asks for its access key: enter it above.";
    if (response.status !== 401)
      state.textContent =
        response.status === 0 ? "The server cannot be reached." : `The server answered ${response.status}.`;
    return find("docs").replaceChildren(state);
  }
  const text = await response.text();
  // A link would go without the key.
  raw.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  show(JSON.parse(text));
  openNamed();
}

/** No answer at all has the status 0; so has a key that no header can hold. */
async function ask(): Promise<Response> {
  const headers: HeadersInit = key.value === "" ? {} : { authorization: `Bearer ${key.value}` };
  return fetch("/openapi.json", { headers }).catch(() => Response.error());
}

function show({ info, tags, paths, components }: Document): void {
  entries.length = 0;
  const { schemas, responses } = components;
  names = new Set(Object.keys(schemas));
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation, schemas })),
  );
  const sections = tags.map(({ name, description }) =>
    section(
      name,
      description,
      operations
        .filter(({ operation }) => operation.tags.includes(name))
        .map((asked) => {
          const { method, path, operation } = asked;
          const badge = element(
            "span",
            `method ${method.toLowerCase()}`,
            "101" in operation.responses ? "SOCKET" : method,
          );
          return toEntry({
            id: anchorOf("route", `${method} ${path}`),
            label: `${method} ${path.replace("/backend-api/v2", "")}`,
            head: [badge, element("code", "", path), element("span", "quiet", ...inline(operation.summary))],
            text: `${method} ${path} ${operation.summary} ${operation.description ?? ""}`,
            body: () => operationBody(asked),
          });
        }),
    ),
  );
  const failures = element("section", "", element("h2", "", "Failures"), words(responses.Failure.description));
  failures.id = "failures";
  const named = section(
    "Schemas",
    "What is sent and answered, by its names.",
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, schema]) =>
        toEntry({
          id: anchorOf("schema", name),
          label: name,
          head: [
            element("code", "", name),
            ...(schema.description ? [element("span", "quiet", ...inline(schema.description))] : []),
          ],
          text: `${name} ${schema.description ?? ""}`,
          body: () => [
            schemaTable(schema),
            ...(schema.examples ?? []).map((example) => block(JSON.stringify(example, null, 2))),
          ],
        }),
      ),
  );
  find("docs").replaceChildren(
    element("p", "", `${info.summary} Version ${info.version}.`),
    words(info.description),
    ...sections,
    failures,
    named,
  );
  narrow();
}

function section(name: string, description: string, list: readonly HTMLElement[]): HTMLElement {
  return element("section", "", element("h2", "", name), element("p", "quiet", description), ...list);
}

interface Entry {
  readonly id: string;
  readonly label: string;
  readonly head: readonly Node[];
  readonly text: string;
  readonly body: () => readonly HTMLElement[];
}

/** Its body is made when it is opened first. */
function toEntry({ id, label, head, text, body }: Entry): HTMLElement {
  const entry = element("details", "", element("summary", "", ...head));
  entry.id = id;
  entry.addEventListener("toggle", () => {
    if (entry.childElementCount > 1) return;
    entry.append(...body());
    linkNames(entry, names);
  });
  const link = element("a", "", label);
  link.setAttribute("href", `#${id}`);
  entries.push({ entry, link, text: text.toLowerCase() });
  return entry;
}

/** Leaves what has all the words. */
function narrow(): void {
  const isFound = hasWords(search.value);
  for (const { entry, link, text } of entries) entry.hidden = link.hidden = !isFound(text);
  const groups = [...find("docs").querySelectorAll("section")].filter((each) => each.querySelector("details"));
  for (const group of groups) group.hidden = !group.querySelector("details:not([hidden])");
  find("failures").hidden = search.value.trim() !== "";
  find("contents").replaceChildren(
    ...groups
      .filter(({ hidden }) => !hidden)
      .flatMap((group) => [
        element("h2", "", group.querySelector("h2")?.textContent ?? ""),
        ...entries.filter(({ entry }) => entry.parentElement === group && !entry.hidden).map(({ link }) => link),
      ]),
  );
}

/** What the address names is opened, and shown. */
function openNamed(): void {
  const named = document.getElementById(location.hash.slice(1));
  if (named instanceof HTMLDetailsElement) named.open = true;
  named?.scrollIntoView();
}
