import { Type } from "@sinclair/typebox";
import { choice, text } from "../setting-kinds.ts";

/** Where traces go. The variables are those that all programs with OpenTelemetry read. */
export const tracingSettings = {
  otlp_endpoint: text(
    "Where traces go, as OTLP over HTTP: `http://127.0.0.1:4318`; nowhere if empty. `OTEL_EXPORTER_OTLP_ENDPOINT` does as well",
    "",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
  ),
  otlp_headers: Type.String({
    description: "Headers that go along, as `name=value,name=value`; `OTEL_EXPORTER_OTLP_HEADERS` does as well",
    default: "",
    secret: true,
    isWords: true,
    alsoFrom: ["OTEL_EXPORTER_OTLP_TRACES_HEADERS", "OTEL_EXPORTER_OTLP_HEADERS"],
  }),
  otlp_protocol: choice("In which form they go", ["http/protobuf", "http/json"], "http/protobuf"),
  otlp_service_name: text(
    "What traces call this server; `OTEL_SERVICE_NAME` does as well",
    "parley",
    "OTEL_SERVICE_NAME",
  ),
};
