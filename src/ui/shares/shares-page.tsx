import { Page } from "../parts/page.tsx";

export default function SharesPage() {
  return <Page title="Shares" />;
}
