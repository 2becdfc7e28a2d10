import { Page } from "../parts/page.tsx";

export default function MemoryPage() {
  return <Page title="Memory" />;
}
