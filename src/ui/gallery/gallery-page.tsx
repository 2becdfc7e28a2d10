import { Page } from "../parts/page.tsx";

export default function GalleryPage() {
  return <Page title="Gallery" />;
}
