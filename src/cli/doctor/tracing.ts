import type { Config } from "../../config/load.ts";
import { isTaken, post, toReason } from "../../tracing/collector.ts";
import { type Finding, findingsAbout } from "./finding.ts";

const { ok, fail } = findingsAbout("settings");

const patienceMs = 5000;

const cures: Readonly<Record<number, string>> = {
  401: "is the key in otlp_headers right?",
  403: "is the key in otlp_headers right, and may it write?",
  404: "it takes no traces at this path: OTEL_EXPORTER_OTLP_TRACES_ENDPOINT is taken as it is",
  415: "it reads another form: set otlp_protocol",
};

/** Whether the collector takes what it is sent: no spans at all, which any must take. */
export async function checkTracing({ collector }: Config): Promise<Finding[]> {
  if (!collector) return [];
  const { host } = new URL(collector.url);
  const nothing = collector.protocol === "http/json" ? `{"resourceSpans":[]}` : "";
  try {
    const answer = await post(collector, new TextEncoder().encode(nothing), AbortSignal.timeout(patienceMs));
    if (isTaken(answer)) return [ok("traces", `${host} takes them`)];
    return [fail("traces", `${host} answers ${answer.status}`, cures[answer.status] ?? "what does its own log say?")];
  } catch (thrown) {
    return [
      fail(
        "traces",
        `${host}: ${toReason(thrown)}`,
        "does it run, and speak OTLP over HTTP there (4318), not gRPC (4317)?",
      ),
    ];
  }
}
