/** What a page must never do: fail where nobody catches it, complain, break its own policy, or ask another host. */
export interface Problems {
  /** Those since it was last asked. */
  take(): string[];
}

interface ConsoleEvent {
  readonly type: string;
  readonly args: readonly { readonly value?: unknown; readonly description?: string }[];
}

interface ExceptionEvent {
  readonly exceptionDetails: { readonly text: string; readonly exception?: { readonly description?: string } };
}

interface LogEvent {
  readonly entry: { readonly level: string; readonly source: string; readonly text: string };
}

interface RequestEvent {
  readonly request: { readonly url: string };
}

/** From the page's first moment on; the view has been somewhere already. */
export async function watchProblems(view: Bun.WebView, host: string): Promise<Problems> {
  let problems: string[] = [];
  const add = (problem: string) => void problems.push(problem);
  listen<ExceptionEvent>(view, "Runtime.exceptionThrown", ({ exceptionDetails }) =>
    add(`uncaught: ${exceptionDetails.exception?.description ?? exceptionDetails.text}`),
  );
  listen<ConsoleEvent>(view, "Runtime.consoleAPICalled", ({ type, args }) => {
    if (type === "error" || type === "assert")
      add(`console: ${args.map((each) => String(each.value ?? each.description)).join(" ")}`);
  });
  listen<LogEvent>(view, "Log.entryAdded", ({ entry }) => {
    // What the server refuses is the page's to show, and none of its mistakes.
    if (entry.level === "error" && entry.source !== "network") add(`${entry.source}: ${entry.text}`);
  });
  listen<RequestEvent>(view, "Network.requestWillBeSent", ({ request }) => {
    if (/^(https?|wss?):/.test(request.url) && new URL(request.url).host !== host) add(`asked for ${request.url}`);
  });
  for (const domain of ["Runtime", "Log", "Network", "DOM", "Accessibility"]) await view.cdp(`${domain}.enable`);
  return {
    take() {
      const taken = problems;
      problems = [];
      return taken;
    },
  };
}

function listen<T>(view: Bun.WebView, type: `${string}.${string}`, hear: (event: T) => void): void {
  view.addEventListener(type, (event: Event) => hear((event as Event & { readonly data: T }).data));
}
