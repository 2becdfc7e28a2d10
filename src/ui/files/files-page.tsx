import { Page } from "../parts/page.tsx";

export default function FilesPage() {
  return <Page title="Files" />;
}
