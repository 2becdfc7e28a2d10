import { Page } from "../parts/page.tsx";

export default function UsagePage() {
  return <Page title="Usage" />;
}
